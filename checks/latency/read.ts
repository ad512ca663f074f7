import { defineCheck } from '../../src/check.js';
import { budgetMessages, budgetVerdict } from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const defaultMs = 1_500;

export default defineCheck({
  id: 'latency.read',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Reads and searches answer within their budget',
  failureTitle: 'Reads and searches are slower than the workflow can wait',
  plain: 'The screen or the caller does not wait for the record.',
  why: 'A search that is quick once can be slow one time in ten; people leave at that one, so the slow end is judged and not the average.',
  sends:
    'Repeats the contract’s own searches for test patients at the agreed rate, at times drawn beforehand, until one of the planned looks decides.',
  ask: {
    of: 'ehr-team',
    text: 'Show us your own timings of this workflow’s searches on a busy day: how many were timed, and the time 95 of 100 stayed below.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Ask for less: a narrower search, _elements, _count, or data fetched before it is needed.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Compare with the server’s own timing: index, gateway and network each leave another trace.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/search.html',
    'https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm',
  ],
  writes: 'none',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.read',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  messages: budgetMessages,
  evaluate: ({ 'latency-series': series }, say, { item: { entry } }) => budgetVerdict(say, series, entry, defaultMs),
});
