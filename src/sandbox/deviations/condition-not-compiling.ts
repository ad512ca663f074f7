import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'condition-not-compiling',
  title: 'The condition of an event is broken off',
  caughtBy: ['contract.trigger'],
  source: 'https://hl7.org/fhirpath/N1/',
  documents({ contract }) {
    partOf(contract, 'triggers', 1, 'event')['condition'] = '%previous.status = ';
  },
});
