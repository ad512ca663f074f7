import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'overwriter',
  title: 'A product that changes what it once read, whatever has become of it since',
  caughtBy: ['conflict.mid-process'],
  source: 'https://hl7.org/fhir/R4/http.html#concurrency',
  aiSystem: 'overwriter',
});
