import { defineDerivedCheck, type SeenResult } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';
import { environmentClasses, type EnvironmentClass } from '../../src/model/outcome.js';
import { warningSigns, type WarningSign } from '../../src/model/warning-signs.js';

const questions: Readonly<Record<WarningSign, string>> = {
  'scope-growing': 'has the scope grown since it was agreed',
  'clinicians-absent': 'are clinicians missing from the reviews',
  'tickets-open': 'are tickets at the EHR open for more than 30 days',
  'pilots-fail': 'do tests pass and pilots fail',
  'estimates-doubling': 'has an estimate doubled',
};
/** Of five; with fewer nobody has looked. */
const fewestAnswered = 4;
const mostSpendShare = 1.5;
/** Passed below and failing here: one in five, and not out of a handful. */
const fewestPassed = 5;
const failingShare = 0.2;

const looked = [
  'read.interactions',
  'read.required-fields',
  'read.slot-truth',
  'write.create',
  'write.update-patch',
  'write.draft-state',
  'write.idempotent-retry',
  'write.version-conflict',
  'rollback.compensate',
  'scope.enforced',
  'audit.reads-logged',
  'audit.writes-logged',
] as const;

type PreviousRun = FactValue<'previous-runs'>[number];
const rank = (name: EnvironmentClass): number => environmentClasses.indexOf(name);

/** What passed in a lower environment and fails here; undefined where there is too little to compare. */
function failsHere(
  previous: readonly PreviousRun[],
  here: EnvironmentClass,
  results: { readonly [Id in (typeof looked)[number]]: SeenResult | undefined },
): boolean | undefined {
  const below = previous.findLast((run) => rank(run.environmentClass) < rank(here));
  const passed = looked.filter((id) => ['pass', 'warn'].includes(below?.outcomes[id] ?? ''));
  if (passed.length < fewestPassed) return undefined;
  return passed.filter((id) => results[id]?.outcome === 'fail').length >= failingShare * passed.length;
}

export default defineDerivedCheck({
  id: 'value.warning-signs',
  kind: 'attest',
  severity: 'minor',
  blocks: 'contract',
  title: 'The signs of a project that drifts are looked at, and at most one shows',
  failureTitle: 'Several signs say that the project is drifting',
  plain: 'Somebody asks every few weeks whether the project is still on its way.',
  why: 'A project that drifts is seen first in its meetings and tickets, long before its date passes.',
  sends:
    'Nothing. Reads `delivery` of the organization file; with --previous it also compares the contract and the results with those of earlier runs.',
  ask: {
    of: 'clinical-owner',
    text: 'Show us the list of open EHR tickets with their age, who came to the last reviews, and the estimates from the start and of today.',
  },
  remedy: [
    {
      owner: 'product-owner',
      effort: 'medium',
      text: 'Pause, look at what is open, and cut the scope to what is agreed.',
    },
    { owner: 'operator', effort: 'low', text: 'Answer each sign under delivery.warningSigns, with owner and date.' },
  ],
  references: ['https://digital.ahrq.gov/health-it-tools-and-resources/evaluation-resources'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['delivery-signs', 'previous-runs'],
  looksAt: looked,
  messages: {
    several: { kind: 'proof', text: '{count} signs show: {signs}.' },
    two: { kind: 'limit', text: 'Two signs show: {signs}.' },
    unanswered: { kind: 'undecided', text: '{answered} of 5 signs are answered; nobody says: {open}.' },
  },
  evaluate: (facts, say, { item: { contract, organization, environmentId } }, _run, results) => {
    const { signs, spend } = facts['delivery-signs'];
    const previous = facts['previous-runs'];
    const earlier = previous.find((run) => run.contractId === contract.metadata.id);
    const added = (contract.resources ?? []).some(({ type }) => !(earlier?.resourceTypes ?? [type]).includes(type));
    const here = organization.environments?.[environmentId]?.class ?? 'production';
    const measured: Readonly<Partial<Record<WarningSign, boolean | undefined>>> = {
      'scope-growing': earlier === undefined ? undefined : added,
      'pilots-fail': previous.length === 0 ? undefined : failsHere(previous, here, results),
    };
    const answers = warningSigns.map((sign) => {
      const stated = signs.filter((each) => each.sign === sign && each.answer !== null);
      const complete = stated.some(({ owner, date }) => owner !== null && date !== null);
      const shows = measured[sign] === true || stated.some(({ answer }) => answer === 'yes');
      return { sign, shows, answered: complete || shows || measured[sign] !== undefined };
    });
    const overspent = spend !== null && spend.actual > mostSpendShare * spend.planned;
    const showing = [
      ...answers.filter(({ shows }) => shows).map(({ sign }) => sign),
      ...(overspent ? ['overspent'] : []),
    ];
    const open = answers.filter(({ answered }) => !answered).map(({ sign }) => questions[sign]);
    const shown = { count: showing.length, signs: showing, answered: warningSigns.length - open.length };
    if (showing.length >= 3) return say.fail('several', shown);
    if (shown.answered < fewestAnswered) return say.notMeasured('unanswered', 'undecided', { ...shown, open });
    return showing.length === 2 ? say.warn('two', shown) : say.pass(shown);
  },
});
