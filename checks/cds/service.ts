import { defineCheck, type Verdict } from '../../src/check.js';
import { showsCards } from '../../src/model/cards.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { FactValue } from '../../src/model/fact.js';
import { lowerBound, upperBound } from '../../src/model/shares.js';

type Answers = FactValue<'cds-answers'>[number];

const faults: Readonly<Record<Answers['faults'][number]['fault'], string>> = {
  'no-answer-object': 'no object with a list of cards',
  'too-large': 'more than can be read',
  'too-many-cards': 'more than 100 cards',
  'summary-missing': 'a card without a summary',
  'summary-too-long': 'a summary of 140 characters or more',
  'indicator-unknown': 'an indicator that is neither info, warning nor critical',
  'source-without-label': 'a source without a label',
  'suggestion-invalid': 'a suggestion without a label, or with an action of an unknown type',
  'link-invalid': 'a link without label, address or type',
  'selection-behavior-missing': 'suggestions without selectionBehavior',
  'action-incomplete': 'an action without its whole resource',
  'system-action-invalid': 'a system action of an unknown type, or without its whole resource',
  'html-in-summary': 'HTML in a summary',
};

const notCalled = {
  'id-not-usable': { reason: 'tool-limited', why: 'its id cannot stand in an address' },
  'hook-not-played': { reason: 'tool-limited', why: 'this tool makes no context for its hook' },
  'no-test-data': { reason: 'no-test-object', why: 'the test data hold nothing its hook could be about' },
} as const;

const interactions: Readonly<Record<Answers['systemActions'][number]['type'], readonly string[]>> = {
  create: ['create'],
  update: ['update', 'patch'],
  delete: ['delete'],
};

/** The contract lets the product do this by itself. */
const mayActAlone = ({ actions = [] }: Contract, { type, resourceType }: Answers['systemActions'][number]): boolean =>
  actions.some(
    ({ kind, resource, interaction = 'create', review, noReview }) =>
      kind === 'commit' &&
      resource === resourceType &&
      interactions[type].includes(interaction) &&
      review?.required !== true &&
      noReview !== undefined,
  );

/** Cards per 100 calls of the hook. */
const cardLimit = ({ triggers = [] }: Contract, hook: string): number | undefined =>
  triggers.find((trigger) => trigger.kind === 'cds-hook' && trigger.hook === hook)?.cardLimit;

const percent = (share: number): number => Math.round(share * 1_000) / 10;
/** Fewer say nothing about a share. */
const fewestAnswered = 5;

/** What people did with the cards of a service, as the product's own log says; a number beside the others, and no verdict. */
function fromLog({ services }: FactValue<'card-outcomes'>, service: string) {
  const counted = services.find((each) => each.service === service);
  if (counted === undefined) return {};
  const { shown, accepted, overridden } = counted;
  const answered = accepted + overridden;
  const atMost = answered < fewestAnswered ? null : percent(upperBound(overridden, answered));
  return { shownInLog: shown, acceptedInLog: accepted, overriddenInLog: overridden, overriddenAtMostPercent: atMost };
}

const taken = (status: number | null): boolean => status === null || (status >= 200 && status < 300);

export default defineCheck({
  id: 'cds.service',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'Advice appears where it should and changes no order by itself',
  failureTitle: 'Advice cannot be shown, or it changes orders by itself',
  plain: 'What the AI advises can be shown in the EHR, and nothing happens to an order until somebody agrees.',
  why: 'An EHR drops a card it cannot read, one that comes with every order is clicked away, and what a service does by itself nobody has looked at.',
  sends:
    'Asks for the list of services, calls each service of the workflow about up to ten test patients with the data it asks for, and says of one card that it was accepted and that it was overridden. How often people override cards is printed from the product’s own log (aiSystem.auditExport, or collect --ai-log), where that says it.',
  ask: {
    of: 'vendor',
    text: 'Show us the answers of your CDS Hooks service to ten calls, checked against the specification, and its record of what became of the cards of one week.',
  },
  remedy: [
    { owner: 'vendor', effort: 'low', text: 'Validate every answer against the specification before it is sent.' },
    { owner: 'vendor', effort: 'medium', text: 'Turn system actions into suggestions of a card.' },
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Give each card a uuid, and take feedback below the address of the service.',
    },
    { owner: 'clinical-owner', effort: 'medium', text: 'Agree on which orders deserve a card, or on another limit.' },
  ],
  references: [
    'https://cds-hooks.hl7.org/2.0/#discovery',
    'https://cds-hooks.hl7.org/2.0/#http-response',
    'https://cds-hooks.hl7.org/2.0/#feedback',
  ],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => showsCards(contract),
  ifNone: 'not-applicable',
  reads: ['cds-discovery', 'cds-answers'],
  optional: ['card-outcomes'],
  messages: {
    'not-discovered': { kind: 'control', text: 'The list of services was answered with {status}.' },
    'not-offered': {
      kind: 'control',
      text: 'None of the {named} services of the list is that of the organization file, or of the contract’s hook.',
    },
    'service-incomplete': { kind: 'proof', text: 'The service {service} is listed without id, hook or description.' },
    'not-called': { kind: 'limit', text: 'The service {service} was not called: {why}.' },
    'not-answered': { kind: 'control', text: 'None of {calls} calls of {service} was answered with 200 ({statuses}).' },
    'answer-invalid': { kind: 'proof', text: 'In {faulty} of {calls} answers of {service}: {what}.' },
    'acts-alone': {
      kind: 'proof',
      text: '{service} wants to {type} a {resourceType} by itself; the contract names no such commit without review.',
    },
    'no-card': { kind: 'limit', text: 'None of {calls} calls of {service} brought a card to look at.' },
    'some-refused': { kind: 'limit', text: 'Calls of {service} were answered with {statuses} instead of 200.' },
    'card-without-id': { kind: 'limit', text: '{without} of {cards} cards of {service} have no uuid.' },
    'feedback-not-taken': {
      kind: 'limit',
      text: '{service} was told what became of a card and answered {statuses}.',
    },
    'too-many-cards': {
      kind: 'limit',
      text: '{service} gave {cards} cards in {calls} calls; the contract allows {limit} in 100.',
    },
  },
  evaluate: (
    { 'cds-discovery': discovery, 'cds-answers': answers, 'card-outcomes': outcomes },
    say,
    { item: { contract } },
  ) => {
    const { status, readable, named, services } = discovery;
    if (!readable) return say.notMeasured('not-discovered', 'prerequisite-failed', { status });
    if (services.length === 0) return say.notMeasured('not-offered', 'prerequisite-failed', { named });
    const incomplete = services.filter(({ complete }) => !complete);
    return [
      ...incomplete.map(({ service }) => say.fail('service-incomplete', { service })),
      ...answers.flatMap((each): Verdict | Verdict[] => {
        const { service, calls, answered, cards, withId, callsWithCards } = each;
        if (each.notCalled !== null) {
          const { reason, why } = notCalled[each.notCalled];
          return say.notMeasured('not-called', reason, { service, why });
        }
        const failed = [
          ...each.faults.map(({ fault, calls: faulty }) =>
            say.fail('answer-invalid', { service, faulty, calls, what: faults[fault], fault }),
          ),
          ...each.systemActions
            .filter((action) => !mayActAlone(contract, action))
            .map(({ type, resourceType }) =>
              say.fail('acts-alone', { service, type, resourceType: resourceType ?? 'resource' }),
            ),
        ];
        if (failed.length > 0) return failed;
        const statuses = each.refused.map(({ status: refused }) => refused);
        if (answered === 0) return say.notMeasured('not-answered', 'prerequisite-failed', { service, calls, statuses });
        const limit = cardLimit(contract, each.hook);
        const shown = {
          service,
          calls,
          cards,
          cardsPer100: Math.round((1_000 * cards) / answered) / 10,
          limit: limit ?? null,
          ...(outcomes === undefined ? {} : fromLog(outcomes, service)),
        };
        if (cards === 0 && each.systemActions.length === 0) return say.notMeasured('no-card', 'too-few', shown);
        const { accepted, overridden } = each.feedback;
        const told = [accepted, overridden].filter((one) => !taken(one));
        const warned = [
          ...(statuses.length > 0 ? [say.warn('some-refused', { service, statuses })] : []),
          ...(withId < cards ? [say.warn('card-without-id', { service, cards, without: cards - withId })] : []),
          ...(told.length > 0 ? [say.warn('feedback-not-taken', { service, statuses: told })] : []),
          // Calls with a card are fewer than cards: what holds for their share holds for the cards.
          ...(limit !== undefined && lowerBound(callsWithCards, answered) * 100 > limit
            ? [say.warn('too-many-cards', { ...shown, limit })]
            : []),
        ];
        return [...warned, say.pass(shown)];
      }),
    ];
  },
});
