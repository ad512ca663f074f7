type Pair = readonly [name: string, value: string];

const dated = /^(eq|ne|gt|ge|lt|le|sa|eb|ap)?\d{4}-\d\d/;
const includeNames = ['_include', '_revinclude'];
const resultParameters = new Set(['_sort', '_count', ...includeNames, '_elements', '_summary', '_total']);

/** No resource has this id, code or name. */
const nothing = 'ehr-scorecard-none';

/**
 * The same search once per filter, with a value for it that nothing can match: an answer with rows shows that the server
 * does not look at the filter. Parameters that shape a result have none (https://hl7.org/fhir/R4/search.html#return).
 */
export function searchControls(
  parameters: readonly Pair[],
): { readonly parameter: string; readonly parameters: readonly Pair[] }[] {
  const names = [...new Set(parameters.map(([name]) => name))].filter((name) => !resultParameters.has(bare(name)));
  return names.map((parameter) => {
    const value = parameters.find(([name]) => name === parameter)?.[1] ?? '';
    return {
      parameter,
      parameters: [...parameters.filter(([name]) => name !== parameter), [parameter, impossible(value)] as const],
    };
  });
}

/** Names of the search that ask for further records beside the rows. */
export const includeParameters = (parameters: readonly Pair[]): string[] => [
  ...new Set(parameters.map(([name]) => name).filter((name) => includeNames.includes(bare(name)))),
];

/** Names of the search that the server does not repeat in `self`; none when `self` carries no parameters at all. */
export function notInSelf(parameters: readonly Pair[], self: string | undefined): string[] {
  if (self === undefined || !URL.canParse(self, 'https://base.invalid')) return [];
  const repeated = new Set([...new URL(self, 'https://base.invalid').searchParams.keys()].map(bare));
  if (repeated.size === 0) return [];
  return [...new Set(parameters.map(([name]) => name))].filter((name) => !repeated.has(bare(name)));
}

function impossible(value: string): string {
  if (dated.test(value)) return /^\d/.test(value) ? '1899-12-31' : 'lt1899-12-31';
  const [, system] = /^([^|]*\|)/.exec(value) ?? [];
  if (system !== undefined) return `${system}${nothing}`;
  const [, type] = /^([A-Z][A-Za-z]+\/)/.exec(value) ?? [];
  return `${type ?? ''}${nothing}`;
}

/** Without modifiers and types: `patient:Patient` and `schedule:Schedule.actor` say the same as the short form. */
const bare = (name: string): string => name.replace(/:[^.]*/g, '');
