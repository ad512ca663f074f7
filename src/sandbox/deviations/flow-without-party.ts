import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'flow-without-party',
  title: 'Call audio goes to a model nobody is named for',
  caughtBy: ['contract.governance'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.504',
  documents({ contract }) {
    delete partOf(contract, 'dataHandling', 'flows', 1)['party'];
  },
});
