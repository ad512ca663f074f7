import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'override-outside-its-set',
  title: 'The organization sets a budget the contract does not allow',
  caughtBy: ['contract.org-overrides'],
  source: 'https://hl7.org/fhir/R4/profiling.html',
  documents({ organization }) {
    partOf(organization, 'overrides')['latency[slot-search].budget'] = 'PT9S';
  },
});
