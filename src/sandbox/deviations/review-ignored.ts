import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'review-ignored',
  title: 'Output that needs review is to be ignored',
  caughtBy: ['contract.failure-matrix'],
  source: 'https://www.healthit.gov/topic/safety/safer-guides',
  documents({ contract }) {
    partOf(contract, 'failure', 'output-needs-review')['behaviour'] = 'ignore';
  },
});
