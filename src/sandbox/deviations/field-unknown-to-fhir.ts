import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'field-unknown-to-fhir',
  title: 'The contract asks for an element R4 does not have',
  caughtBy: ['contract.fields'],
  source: 'https://hl7.org/fhir/R4/slot.html',
  documents({ contract }) {
    partOf(contract, 'resources', 1, 'fields', 1)['path'] = 'Slot.begin';
  },
});
