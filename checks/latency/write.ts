import { defineCheck } from '../../src/check.js';
import { budgetMessages, budgetVerdict } from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const defaultMs = 3_000;

export default defineCheck({
  id: 'latency.write',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Writes are acknowledged within their budget',
  failureTitle: 'Writes are acknowledged too late',
  plain: 'Nobody waits on the line for the booking to go through.',
  why: 'A write nobody has confirmed yet is repeated, by people and by programs; that is where duplicates begin.',
  sends:
    'Performs the contract’s create on test objects at the agreed rate and undoes each one; the same objects serve every other time that is measured.',
  ask: {
    of: 'ehr-team',
    text: 'Show us your own timings of writes through this interface on a busy day: how many were timed, and the time 95 of 100 stayed below.',
  },
  remedy: [
    { owner: 'vendor', effort: 'medium', text: 'Save round trips: everything one decision needs in one transaction.' },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Look at what runs inside the write: rules, interfaces, notifications that could follow it.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#create',
    'https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm',
  ],
  writes: 'all',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.write',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  messages: budgetMessages,
  evaluate: ({ 'latency-series': series }, say, { item: { entry } }) => budgetVerdict(say, series, entry, defaultMs),
});
