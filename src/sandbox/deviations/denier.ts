import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'denier',
  title: 'A product that takes what it may not see for nothing there',
  caughtBy: ['prod.no-access'],
  source: 'https://hl7.org/fhir/R4/security.html#AccessDenied',
  aiSystem: 'denier',
});
