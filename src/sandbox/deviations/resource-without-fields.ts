import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'resource-without-fields',
  title: 'Nobody has said which elements of a visit are needed',
  caughtBy: ['contract.fields'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.502',
  documents({ contract }) {
    delete partOf(contract, 'resources', 2)['fields'];
  },
});
