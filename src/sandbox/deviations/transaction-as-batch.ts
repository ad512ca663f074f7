import { asBatch, defineDeviation, isTransaction } from '../deviation.js';
import { withTransaction } from '../transaction-contract.js';

export default defineDeviation({
  id: 'transaction-as-batch',
  title: 'A transaction is worked off entry by entry, like a batch',
  caughtBy: ['error.atomic-bundle'],
  source: 'https://hl7.org/fhir/R4/http.html#trules',
  workflow: 'prior-authorization',
  given: withTransaction,
  wrap: (next) => (request) => next(isTransaction(request) ? asBatch(request) : request),
});
