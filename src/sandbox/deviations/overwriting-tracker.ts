import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'overwriting-tracker',
  title: 'A tracker that changes a task as it once read it, whatever has become of it since',
  caughtBy: ['conflict.mid-process'],
  source: 'https://hl7.org/fhir/R4/http.html#concurrency',
  workflow: 'prior-authorization',
  aiSystem: 'overwriting-tracker',
});
