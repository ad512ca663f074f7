import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'parameter-unknown-to-fhir',
  title: 'The contract searches by a parameter R4 does not have',
  caughtBy: ['contract.fields'],
  source: 'https://hl7.org/fhir/R4/searchparameter-registry.html',
  documents({ contract }) {
    const visits = partOf(contract, 'resources', 2);
    visits['find'] = 'Appointment?patient={{caller.id}}&day=ge{{now}}';
  },
});
