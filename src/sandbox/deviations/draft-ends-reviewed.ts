import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'draft-ends-reviewed',
  title: 'A draft is said to be where its review ends',
  caughtBy: ['contract.actions'],
  source: 'https://hl7.org/fhir/R4/documentreference.html',
  workflow: 'documentation',
  documents({ contract }) {
    partOf(contract, 'actions', 0, 'review')['endsIn'] = 'preliminary';
  },
});
