import { defineCheck } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';

type Trial = FactValue<'ehr-outage'>['trials'][number];
type Word = Trial['said'];

const claims: readonly Word[] = ['booked', 'drafted'];
/** Words after which a person knows that there is work left. */
const handsOver: readonly Word[] = ['queued-for-human', 'refused'];

const names: Readonly<Record<Trial['fault'], string>> = {
  refuse: 'no connection',
  stall: 'no answer',
  '500': 'a server error',
  truncated: 'half an answer',
  'wrong-content': 'a page for people',
  'expired-token': 'an expired token',
};
const where = (trials: readonly Trial[]): string =>
  trials.map(({ fault, during }) => `${names[fault]} to a ${during}`).join(', ');

const mostObjects = ({ objects: { whileDown, byItself, askedAgain } }: Trial): number =>
  Math.max(whileDown ?? 0, byItself ?? 0, askedAgain);

const claimedNothing = ({ said, saidAgain, objects }: Trial): boolean =>
  (claims.includes(said) && objects.whileDown === 0) || (claims.includes(saidAgain) && objects.askedAgain === 0);

const lost = ({ said, saidAgain, objects }: Trial): boolean =>
  objects.askedAgain === 0 && !handsOver.includes(said) && !handsOver.includes(saidAgain);

const resumed = ({ objects: { byItself } }: Trial): boolean => byItself !== null && byItself > 0;

export default defineCheck({
  id: 'error.ehr-outage',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'While the EHR is down it invents nothing and loses nothing',
  failureTitle: 'While the EHR is down it invents work, loses it or does it twice',
  plain: 'When the EHR does not answer, the AI says so and nobody is told that something is done that is not.',
  why: 'Every EHR is down at times. A product that confirms what it could not write, or writes it twice when the EHR is back, leaves people who rely on work that is not there, or is there twice.',
  sends:
    'Asks the product for an object by its webhook while the fault proxy plays an EHR that is down in six ways: no connection, no answer, a server error, half an answer, a page for people, an expired token; each for what the product reads and for what it writes. Tells it the same event once more when the fault is over, and counts the objects in the EHR after both. Before, between and after it is asked with nothing wrong. Every object is taken back.',
  ask: {
    of: 'vendor',
    text: 'Cut your product off from the EHR test system for ten minutes while it is given work. Show us what it told people, and what stood in the EHR afterwards.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Confirm nothing before the EHR has answered. After a write without an answer, look for the object before sending it again. Give each request a deadline shorter than the limit in the failure matrix.',
    },
    {
      owner: 'vendor',
      effort: 'high',
      text: 'Keep the work in a queue that survives a restart, stop asking an EHR that does not answer, and resume once it does.',
    },
    {
      owner: 'clinical-owner',
      effort: 'low',
      text: 'Agree on who is told, and what staff do meanwhile.',
    },
  ],
  references: [
    'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
    'https://hl7.org/fhir/R4/http.html#transaction-integrity',
  ],
  maps: ['45 CFR 164.308(a)(7)', '45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['ehr-outage'],
  optional: ['product-faults'],
  messages: {
    doubled: { kind: 'proof', text: 'Up to {objects} objects came of one event after {where}.' },
    'claimed-nothing': {
      kind: 'proof',
      text: 'The product said it was done after {where}, and no object was in the EHR.',
    },
    lost: {
      kind: 'proof',
      text: 'After {where} no object came of the event, not even when it was told again, and the product handed it to nobody.',
    },
    untold: { kind: 'limit', text: 'The product said nothing of what came of the event after {where}.' },
    'wrong-word': {
      kind: 'limit',
      text: 'The product said "{said}" after {where}, which it could not know.',
    },
    late: {
      kind: 'limit',
      text: 'The answer came after {answeredMs} ms ({where}); the contract allows {withinMs} ms.',
    },
    'by-hand': {
      kind: 'limit',
      text: 'The contract says retry; after {where} nothing had been resumed seconds after the fault was over, until the event was told again or a person took it.',
    },
    'not-served': {
      kind: 'control',
      text: 'The product does not do the work with nothing wrong either ({when}), so nothing is shown about an outage.',
    },
    recorded: {
      kind: 'limit',
      text: 'Nobody looked at what came of the work. {met} requests of the product met a fault or got no answer ({which}): {done} were sent again until they were answered, of {found} it found what the EHR had made of them, of {left} nothing more was seen.',
    },
    'never-met': { kind: 'control', text: 'The product sent no {during} that could meet a fault.' },
  },
  otherwise: ({ 'product-faults': faults = [] }, say, _, missing) => {
    if (faults.length === 0) return [];
    const sum = (of: 'met' | 'done' | 'found' | 'left'): number => faults.reduce((all, each) => all + each[of], 0);
    const which = faults.map(
      ({ fault, interaction, resourceType = 'the base', met }) =>
        `${fault} at a ${interaction} of ${resourceType}: ${met}`,
    );
    const data = {
      met: sum('met'),
      done: sum('done'),
      found: sum('found'),
      left: sum('left'),
      which: which.join(', '),
      faults,
    };
    return [say.notMeasured('recorded', missing, data)];
  },
  evaluate: ({ 'ehr-outage': { behaviour, withinMs, stallMs, controls, trials } }, say) => {
    const met = trials.filter((trial) => trial.met > 0);
    const doubled = met.filter((trial) => mostObjects(trial) > 1);
    if (doubled.length > 0) {
      return say.fail('doubled', { objects: Math.max(...doubled.map(mostObjects)), where: where(doubled) });
    }
    const unserved = (['before', 'between', 'after'] as const).filter((when) => !controls[when]);
    if (unserved.length > 0) return say.notMeasured('not-served', 'control-failed', { when: unserved.join(', ') });
    const invented = met.filter(claimedNothing);
    if (invented.length > 0) return say.fail('claimed-nothing', { where: where(invented) });
    const forgotten = met.filter(lost);
    if (forgotten.length > 0) return say.fail('lost', { where: where(forgotten) });
    const unmet = (['read', 'write'] as const).find((half) => !met.some(({ during }) => during === half));
    if (unmet !== undefined) return say.notMeasured('never-met', 'control-failed', { during: unmet });

    const untold = met.filter((trial) => (trial.said === null || trial.said === 'noted') && !resumed(trial));
    const [wrong] = met.filter(({ said }) => said === 'nothing-free' || said === 'cancelled');
    const late = met.filter(({ said, answeredMs }) => said !== null && withinMs !== null && answeredMs > withinMs);
    const byHand = behaviour === 'retry' ? met.filter((trial) => !resumed(trial)) : [];
    const warnings = [
      ...(untold.length > 0 ? [say.warn('untold', { where: where(untold) })] : []),
      ...(wrong === undefined ? [] : [say.warn('wrong-word', { said: wrong.said, where: where([wrong]) })]),
      ...(late.length > 0
        ? [
            say.warn('late', {
              answeredMs: Math.max(...late.map(({ answeredMs }) => answeredMs)),
              withinMs,
              where: where(late),
            }),
          ]
        : []),
      ...(byHand.length > 0 ? [say.warn('by-hand', { where: where(byHand) })] : []),
    ];
    const longestMs = Math.max(...met.map(({ answeredMs }) => answeredMs));
    return warnings.length > 0 ? warnings : say.pass({ trials: met.length, longestMs, stallMs });
  },
});
