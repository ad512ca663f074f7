import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';
import type { ContractAction } from '../../src/model/documents/contract.js';
import type { FactValue } from '../../src/model/fact.js';

type Writing = FactValue<'product-writing'>;

/** Behaviours after which the product may not go on by itself, even after reading again. */
const handsOver = ['stop', 'queue-for-human', 'fallback'];

/** How the product changed what this action changes; undefined where it did not, or the action makes something new. */
function changesSeen(writing: Writing | undefined, { interaction, resource }: ContractAction) {
  const row = ['update', 'patch', 'delete'].includes(interaction ?? '')
    ? writing?.find(({ resourceType, changes }) => resourceType === resource && changes > 0)
    : undefined;
  if (row === undefined) return undefined;
  const outdated = row.refusals.filter(({ status }) => status === 412);
  const sum = (of: 'refused' | 'readAgain' | 'sentAgain' | 'left'): number =>
    outdated.reduce((all, each) => all + each[of], 0);
  // A refusal of the proxy says nothing of the object.
  const over = outdated.reduce((all, { injected, taken }) => all + (injected ? 0 : taken), 0);
  return {
    ...row,
    type: row.resourceType,
    over,
    refused: sum('refused'),
    readAgain: sum('readAgain'),
    sentAgain: sum('sentAgain'),
    left: sum('left'),
  };
}

export default defineCheck({
  id: 'conflict.mid-process',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'It notices when the chart changes while it is working',
  failureTitle: 'It acts on a situation that no longer exists',
  plain: 'When staff cancel or change a visit while the AI is busy with it, the AI looks again before it writes.',
  why: 'Between reading and writing lie seconds, sometimes minutes, and people work meanwhile. A product that writes what it decided on the old state undoes their work, and nobody sees that it did.',
  sends:
    'Asks the product for the action by its webhook and holds its requests at the fault proxy at three points: before it reads, after it has read, before it writes. Meanwhile staff change or cancel the object, or take its slot; where the product makes something for a patient, the proxy says once that the patient was merged into another. Then sees from the product’s own requests whether it read again before it wrote. In a recording, what it does after a refusal is counted, and nothing is changed.',
  ask: {
    of: 'vendor',
    text: 'Change a visit in the EHR while your product is working on it, and show us its requests: what it read, and on which version it wrote.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Send If-Match with every change; on 409 or 412 read again and decide again, as the failure matrix says. Read once more just before a write that has no version.',
    },
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Answer 412 to a change of an outdated version, so that a product cannot miss that somebody was faster.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#concurrency',
    'https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1',
  ],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  ifNone: 'not-applicable',
  reads: ['mid-process'],
  optional: ['product-writing'],
  messages: {
    stale: {
      kind: 'proof',
      text: 'Changed {points}, the object was written by the product without being read again.',
    },
    'merged-away': {
      kind: 'proof',
      text: 'The product wrote for a patient whose record says that it was merged into another one.',
    },
    'stale-undone': {
      kind: 'limit',
      text: 'Changed {points}, the object was written on its old state, and taken back by the product within seconds.',
    },
    'went-on': {
      kind: 'limit',
      text: 'After reading the new state the product went on by itself; the contract says {behaviour} for a version conflict.',
    },
    'said-done': {
      kind: 'limit',
      text: 'The product wrote nothing on the old state, and said "{said}" although nothing was done.',
    },
    'never-wrote': {
      kind: 'control',
      text: 'The product did not come to write, so nothing is shown about what it would have done.',
    },
    'wrote-over': {
      kind: 'proof',
      text: 'The EHR refused a change of {type} as outdated, and the product sent one that named no version without reading the object; {over} times the EHR took it.',
    },
    recorded: {
      kind: 'limit',
      text: 'Nothing was changed under the product. Of its own {changes} changes of {type}, {guarded} named a version and {unread} were of objects it had not read; none was refused as outdated.',
    },
    'recorded-refused': {
      kind: 'limit',
      text: 'Nothing was changed under the product on purpose. Of its own {changes} changes of {type}, {guarded} named a version and {unread} were of objects it had not read. {refused} were refused as outdated: then it read again {readAgain} times, sent a change unread {sentAgain} times, and left it {left} times.',
    },
    'went-elsewhere': {
      kind: 'control',
      text: 'While its object was changed the product sent the proxy something that was no request to its EHR; what it did there is not known.',
    },
    undecided: {
      kind: 'undecided',
      text: 'The contract does not say what happens on a version conflict; {who} decides, usually {default}.',
    },
  },
  otherwise: ({ 'product-writing': writing }, say, { item: { action } }, missing) => {
    const seen = changesSeen(writing, action);
    if (seen === undefined) return [];
    return [
      ...(seen.over > 0 ? [say.fail('wrote-over', seen)] : []),
      say.notMeasured(seen.refused > 0 ? 'recorded-refused' : 'recorded', missing, seen),
    ];
  },
  evaluate: ({ 'mid-process': { behaviour, points }, 'product-writing': writing }, say, { item: { action } }) => {
    const seen = changesSeen(writing, action);
    if (seen !== undefined && seen.over > 0) return say.fail('wrote-over', seen);
    const stale = (result: string): boolean => result === 'stale' || result === 'stale-undone';
    const met = points.filter((each) => each.met && (each.detour !== true || stale(each.result)));
    const at = (result: string): string =>
      met
        .filter((each) => each.change !== 'merged' && each.result === result)
        .map(({ point }) => point.replace('-', ' its '))
        .join(' and ');
    if (at('stale') !== '') return say.fail('stale', { points: at('stale') });
    if (met.some(({ change, result }) => change === 'merged' && stale(result))) return say.fail('merged-away');
    if (points.some(({ detour }) => detour)) return say.notMeasured('went-elsewhere', 'control-failed');
    if (!met.some(({ point }) => point === 'before-write')) return say.notMeasured('never-wrote', 'control-failed');
    if (at('stale-undone') !== '') return say.warn('stale-undone', { points: at('stale-undone') });
    if (behaviour === null) {
      return say.notMeasured('undecided', 'undecided', { who: 'the clinical sponsor', default: 'reading again' });
    }
    const readAgain = met.filter(({ change, result }) => change !== 'merged' && result === 'read-again').length;
    if (handsOver.includes(behaviour) && readAgain > 0) return say.warn('went-on', { behaviour });
    const claimed = met.find(
      ({ change, result, said }) => change === 'slot-taken' && result === 'stopped' && said === 'booked',
    );
    if (claimed !== undefined) return say.warn('said-done', { said: claimed.said });
    return say.pass({ points: met.length, readAgain, stopped: met.length - readAgain });
  },
});
