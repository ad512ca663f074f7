import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 're-typer',
  title: 'A product that leaves the booking to staff, who type it in later',
  caughtBy: ['latency.event-to-record'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  aiSystem: 're-typer',
});
