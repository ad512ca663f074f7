import { defineCheck } from '../../src/check.js';
import { budgetMessages, budgetVerdict } from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const defaultMs = 10_000;

export default defineCheck({
  id: 'latency.event-delivery',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The EHR tells of an event within its budget',
  failureTitle: 'The EHR tells of events too late, or not at all',
  plain: 'The AI hears of a change soon enough to act on it.',
  why: 'When the answer comes too late, this is the part of the time that is the EHR’s and not the product’s.',
  sends:
    'Subscribes to the contract’s event with a listener of its own and causes the event with test objects, at the agreed rate; each notification counts for the record it names. The same objects serve every other time that is measured.',
  ask: {
    of: 'ehr-team',
    text: 'Let 20 test events happen and show us, for each, when it was stored and when the notification left; and say whether notifications are sent in batches.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Look for batches and queues between the change and the notification; ask for a push channel where there is a poll.',
    },
    {
      owner: 'product-owner',
      effort: 'low',
      text: 'Where the EHR cannot be faster, give this part more of the whole budget, or change the channel.',
    },
  ],
  references: [
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
    'https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm',
  ],
  writes: 'all',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.event-delivery',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  messages: budgetMessages,
  evaluate: ({ 'latency-series': series }, say, { item: { entry } }) => budgetVerdict(say, series, entry, defaultMs),
});
