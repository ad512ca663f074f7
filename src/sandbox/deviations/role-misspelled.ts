import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'role-misspelled',
  title: 'An action is said to be visible to a role nobody has',
  caughtBy: ['contract.schema'],
  source: 'https://hl7.org/fhir/R4/security.html#roles',
  documents({ contract }) {
    partOf(contract, 'actions', 1)['visibleTo'] = ['scheduler', 'front-dsk'];
  },
});
