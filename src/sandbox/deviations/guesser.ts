import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'guesser',
  title: 'A product that acts on missing data',
  caughtBy: ['prod.missing-field'],
  source: 'https://hl7.org/fhir/us/core/STU6.1/must-support.html',
  aiSystem: 'guesser',
});
