import { defineDeviation } from '../deviation.js';
import { withWaiting } from '../waiting-contract.js';

export default defineDeviation({
  id: 'half-tracker',
  title: 'A tracker that opens one task of two and says that both are there',
  caughtBy: ['error.partial-write'],
  source: 'https://hl7.org/fhir/R4/http.html#transaction-integrity',
  workflow: 'prior-authorization',
  aiSystem: 'half-tracker',
  // No shipped contract has an action of two writes; nobody waits half an hour for what never comes.
  given: (documents) => withWaiting(documents, 'PT2S'),
});
