import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'override-undeclared',
  title: 'The organization changes something that is no override point',
  caughtBy: ['contract.org-overrides'],
  source: 'https://hl7.org/fhir/R4/profiling.html',
  documents({ organization }) {
    partOf(organization, 'overrides')['failure.no-access.behaviour'] = 'retry';
  },
});
