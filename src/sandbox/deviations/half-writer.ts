import { defineDeviation } from '../deviation.js';
import { withMoving } from '../moving-contract.js';

export default defineDeviation({
  id: 'half-writer',
  title: 'A product that calls a visit moved although the old one still stands',
  caughtBy: ['error.partial-write'],
  source: 'https://hl7.org/fhir/R4/http.html#transaction-integrity',
  aiSystem: 'half-writer',
  // No shipped contract has an action of two writes; nobody waits ten minutes for what never comes.
  given: (documents) => withMoving(documents, 'PT2S'),
});
