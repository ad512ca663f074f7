import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'guesser',
  title: 'A product that acts on missing data, and takes what it may not see for nothing there',
  caughtBy: ['prod.missing-field', 'prod.no-access'],
  source: 'https://hl7.org/fhir/us/core/STU6.1/must-support.html',
  aiSystem: 'guesser',
});
