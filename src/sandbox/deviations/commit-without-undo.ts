import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'commit-without-undo',
  title: 'A booking is said to have no undo',
  caughtBy: ['contract.actions'],
  source: 'https://hl7.org/fhir/R4/lifecycle.html',
  documents({ contract }) {
    partOf(contract, 'actions', 1)['compensation'] = 'none';
  },
});
