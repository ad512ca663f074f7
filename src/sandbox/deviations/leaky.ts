import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'leaky',
  title: 'A product that searches for callers by name in the address',
  caughtBy: ['hipaa.phi-leakage'],
  source: 'https://hl7.org/fhir/R4/http.html#search',
  aiSystem: 'leaky',
  // Only a product that is asked for something searches for anybody.
  besides: ['write.idempotent-retry'],
});
