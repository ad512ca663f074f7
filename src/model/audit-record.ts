import { groupOf, kindName, type MadeAccess, type OwnRecord } from './audit-access.js';
import { assignRecords } from './audit-assignment.js';
import type { FactValue } from './fact.js';
import { compareCodeUnits } from './order.js';

/** What a record of an access may say. `user` is a person, `agent` anybody who asked, a program too. */
export const recordElements = [
  'agent',
  'user',
  'patient',
  'object',
  'version',
  'time',
  'action',
  'outcome',
  'network',
  'source',
  'purpose',
  'requestId',
] as const;
export type RecordElement = (typeof recordElements)[number];

/** What one record says, and what it should not: no value of it is kept. */
export interface RecordContent {
  readonly has: ReadonlySet<RecordElement>;
  /** It holds an access token from end to end. */
  readonly wholeToken: boolean;
  /** It holds a copy of the record, or values out of it. */
  readonly clinicalValues: boolean;
}

/** What must not stand in a log; held in memory only. */
export interface LogSecrets {
  readonly tokens: readonly string[];
  readonly values: readonly string[];
}

const tokenForm = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|\bBearer\s+[\w.~+/=-]{20,}/i;
/** Stands in whatever the run itself writes. */
const ownText = 'INTEGRATION TEST - ';
/** Shorter ones are found in anything. */
const shortestSecret = 8;

/** What a text of a log should not hold. */
export function forbiddenIn(
  text: string,
  { tokens, values }: LogSecrets,
): Pick<RecordContent, 'wholeToken' | 'clinicalValues'> {
  const holds = (each: string): boolean => each.length >= shortestSecret && text.includes(each);
  return {
    wholeToken: tokenForm.test(text) || tokens.some(holds),
    clinicalValues: text.includes(ownText) || values.some(holds),
  };
}

const examples = 5;

/** Whether the record of this access has to say it; `people` are the bindings a person signs in with. */
function isDue(element: RecordElement, access: MadeAccess, people: ReadonlySet<string>): boolean {
  const carriedOut = access.status < 400 && access.kind !== 'sign-in';
  switch (element) {
    case 'agent':
      return access.binding !== undefined;
    case 'user':
      return access.binding !== undefined && people.has(access.binding) && access.kind !== 'sign-in';
    case 'patient':
      return carriedOut && access.patients.length > 0;
    case 'object':
      return carriedOut && access.kind !== 'search' && access.kind !== 'operation';
    case 'version':
      return carriedOut && access.version !== undefined;
    default:
      return true;
  }
}

/** What the records say of the accesses they were found for. Pure. */
export function recordQuality(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  people: ReadonlySet<string>,
  source: FactValue<'record-quality'>['source'],
): FactValue<'record-quality'> {
  const { found } = assignRecords(made, records);
  const matched = [...found].flatMap(([access, { record }]) =>
    record.content === undefined || groupOf(access) === undefined ? [] : [{ access, content: record.content }],
  );
  type Matched = (typeof matched)[number];
  const lacks = ({ access, content }: Matched, element: RecordElement): boolean =>
    isDue(element, access, people) && !content.has.has(element);
  const never = (element: RecordElement): string[] => {
    const kinds = new Map<string, boolean>();
    for (const each of matched) {
      if (!isDue(element, each.access, people)) continue;
      const kind = kindName(each.access);
      kinds.set(kind, (kinds.get(kind) ?? true) && !each.content.has.has(element));
    }
    return [...kinds]
      .filter(([, none]) => none)
      .map(([kind]) => kind)
      .sort(compareCodeUnits);
  };
  const bad = matched.filter(
    (each) => each.content.wholeToken || each.content.clinicalValues || lacks(each, 'agent') || lacks(each, 'patient'),
  );
  return {
    source,
    records: matched.length,
    elements: recordElements.map((element) => {
      const due = matched.filter(({ access }) => isDue(element, access, people));
      return { element, due: due.length, present: due.filter((each) => !lacks(each, element)).length };
    }),
    kindsWithoutAgent: never('agent'),
    kindsWithoutPatient: never('patient'),
    wholeTokens: matched.filter(({ content }) => content.wholeToken).length,
    clinicalValues: matched.filter(({ content }) => content.clinicalValues).length,
    examples: [...new Set(bad.map(({ access }) => access.exchange))].slice(0, examples),
  };
}
