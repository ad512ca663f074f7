import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'no-review-unsigned',
  title: 'A booking goes without review, and nobody signed for that',
  caughtBy: ['contract.actions'],
  source: 'https://hl7.org/fhir/R4/lifecycle.html',
  documents({ contract }) {
    partOf(contract, 'actions', 1)['noReview'] = { rationale: 'The caller confirms' };
  },
});
