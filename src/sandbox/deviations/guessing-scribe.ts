import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'guessing-scribe',
  title: 'A product that writes its notes from what it has, whatever is missing',
  caughtBy: ['prod.missing-field', 'prod.no-access'],
  source: 'https://hl7.org/fhir/us/core/STU6.1/must-support.html',
  workflow: 'documentation',
  aiSystem: 'guessing-scribe',
});
