import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'silent-signer',
  title: 'A product that finishes what a person had to look at first',
  caughtBy: ['prod.output-review'],
  source: 'https://hl7.org/fhir/R4/patient-operation-match.html',
  aiSystem: 'silent-signer',
});
