import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { canonicalJson } from '../../fhir/content.js';
import { objectsIn } from '../../fhir/list.js';

/** More cards than anybody could look at; the rest is counted as a fault and not read. */
export const mostCards = 100;
const mostServices = 50;
const mostTemplates = 20;
const mostActions = 50;

const someText = Type.String({ minLength: 1 });
/** https://cds-hooks.hl7.org/2.0/#response */
const service = Type.Object({ id: someText, hook: someText, description: someText });
const action = Type.Object({
  type: Type.Enum(['create', 'update', 'delete']),
  // An id alone is how a deletion was written before.
  resource: Type.Optional(
    Type.Union([Type.Object({ resourceType: Type.String({ pattern: '^[A-Z][A-Za-z]{1,63}$' }) }), someText]),
  ),
  resourceId: Type.Optional(someText),
});
const suggestion = Type.Object({
  label: someText,
  uuid: Type.Optional(someText),
  actions: Type.Optional(Type.Array(action)),
});
/** Parts of a card, each under the fault its absence is: https://cds-hooks.hl7.org/2.0/#card-attributes */
const cardParts = {
  'summary-missing': Type.Object({ summary: someText }),
  'summary-too-long': Type.Object({ summary: Type.Optional(Type.String({ maxLength: 139 })) }),
  'indicator-unknown': Type.Object({ indicator: Type.Enum(['info', 'warning', 'critical']) }),
  'source-without-label': Type.Object({ source: Type.Object({ label: someText }) }),
  'suggestion-invalid': Type.Object({ suggestions: Type.Optional(Type.Array(suggestion)) }),
  'link-invalid': Type.Object({
    links: Type.Optional(
      Type.Array(Type.Object({ label: someText, url: someText, type: Type.Enum(['absolute', 'smart']) })),
    ),
  }),
} as const satisfies Record<string, TSchema>;

export const answerFaults = [
  'no-answer-object',
  'too-large',
  'too-many-cards',
  ...(Object.keys(cardParts) as (keyof typeof cardParts)[]),
  'selection-behavior-missing',
  'action-incomplete',
  'system-action-invalid',
  'html-in-summary',
] as const;
export type AnswerFault = (typeof answerFaults)[number];

export interface DiscoveredService {
  readonly id: string;
  readonly hook: string | undefined;
  /** It has what every service must have. */
  readonly complete: boolean;
  readonly prefetch: readonly (readonly [key: string, template: string])[];
}

/** The services a discovery document names; undefined when it is none. */
export function readDiscovery(json: unknown): readonly DiscoveredService[] | undefined {
  const list = (json as { services?: unknown } | null | undefined)?.services;
  if (!Array.isArray(list)) return undefined;
  return objectsIn(list as Readonly<Record<string, unknown>>[], mostServices).map((each) => ({
    id: textOf(each['id']) ?? '',
    hook: textOf(each['hook']),
    complete: Value.Check(service, each),
    prefetch: templatesIn(each['prefetch']),
  }));
}

function templatesIn(prefetch: unknown): DiscoveredService['prefetch'] {
  if (typeof prefetch !== 'object' || prefetch === null) return [];
  return Object.entries(prefetch)
    .slice(0, mostTemplates)
    .flatMap(([key, template]) => {
      const text = textOf(template);
      return text === undefined ? [] : [[key, text] as const];
    });
}

export interface SystemAction {
  readonly type: 'create' | 'update' | 'delete';
  readonly resourceType: string | null;
}

/** What came back from a call, as far as anybody may keep it. */
export interface ReadAnswer {
  readonly cards: number;
  readonly withId: number;
  readonly faults: readonly AnswerFault[];
  readonly systemActions: readonly SystemAction[];
  /** Something is shown to somebody, or done. */
  readonly guidance: boolean;
  /** Ids to tell the service what became of a card; lives inside the probe only. */
  readonly feedback: { readonly card: string; readonly suggestions: readonly string[] } | undefined;
  /** Equal for the same guidance with other ids; compared inside one probe and never kept. */
  readonly meaning: string;
}

const nothing = { cards: 0, withId: 0, systemActions: [], guidance: false, feedback: undefined, meaning: '' };

export const unreadAnswer = (fault: AnswerFault): ReadAnswer => ({ ...nothing, faults: [fault] });

/** Reads the answer to a call of a hook, its cards as far as they are looked at. https://cds-hooks.hl7.org/2.0/#http-response */
export function readAnswer(json: unknown): ReadAnswer {
  const answer = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const list: unknown = answer['cards'];
  const asked: unknown = answer['systemActions'];
  if (!Array.isArray(list)) return unreadAnswer('no-answer-object');
  const cards = list.slice(0, mostCards) as unknown[];
  const actions = Array.isArray(asked) ? (asked.slice(0, mostActions) as unknown[]) : [];
  const faults = new Set<AnswerFault>(cards.flatMap(faultsOf));
  if (list.length > mostCards) faults.add('too-many-cards');
  const noList = asked !== undefined && !Array.isArray(asked);
  if (noList || !actions.every((each) => Value.Check(action, each) && isComplete(each)))
    faults.add('system-action-invalid');
  const withId = cards.filter((card) => typeof (card as { uuid?: unknown } | null)?.uuid === 'string');
  return {
    cards: list.length,
    withId: withId.length,
    faults: answerFaults.filter((fault) => faults.has(fault)),
    systemActions: actions.flatMap((each) => (Value.Check(action, each) ? [systemAction(each)] : [])),
    guidance: list.length > 0 || actions.length > 0,
    feedback: feedbackOf(withId[0]),
    meaning: canonicalJson({ cards: cards.map(withoutIds), actions: actions.map(withoutIds) }),
  };
}

function faultsOf(card: unknown): AnswerFault[] {
  const wrong = Object.entries(cardParts).flatMap(([fault, schema]) =>
    Value.Check(schema, card) ? [] : [fault as AnswerFault],
  );
  const { summary, suggestions, selectionBehavior } = (card ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof summary === 'string' && /<\/?[a-z!]/i.test(summary)) wrong.push('html-in-summary');
  if (!Value.Check(Type.Array(suggestion), suggestions)) return wrong;
  const known = selectionBehavior === 'at-most-one' || selectionBehavior === 'any';
  if (suggestions.length > 0 && !known) wrong.push('selection-behavior-missing');
  if (suggestions.some(({ actions = [] }) => !actions.every(isComplete))) wrong.push('action-incomplete');
  return wrong;
}

// A deletion may name what it deletes in either place; what is created or updated comes whole.
const isComplete = ({ type, resource, resourceId }: Static<typeof action>): boolean =>
  typeof resource === 'object' || (type === 'delete' && (resourceId ?? resource) !== undefined);

const systemAction = ({ type, resource, resourceId }: Static<typeof action>): SystemAction => ({
  type,
  resourceType:
    typeof resource === 'object'
      ? resource.resourceType
      : (/^([A-Z][A-Za-z]{1,63})\//.exec(resourceId ?? resource ?? '')?.[1] ?? null),
});

function feedbackOf(card: unknown): ReadAnswer['feedback'] {
  const { uuid, suggestions } = (card ?? {}) as { uuid?: string; suggestions?: unknown };
  if (uuid === undefined) return undefined;
  const listed = objectsIn(Array.isArray(suggestions) ? (suggestions as { uuid?: unknown }[]) : undefined);
  return { card: uuid, suggestions: listed.flatMap((each) => textOf(each.uuid) ?? []).slice(0, 1) };
}

function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'uuid');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutIds(inner)]));
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 1_000 ? value : undefined;
