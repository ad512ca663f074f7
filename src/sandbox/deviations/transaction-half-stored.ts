import { asBatch, defineDeviation, isTransaction } from '../deviation.js';
import { withTransaction } from '../transaction-contract.js';

export default defineDeviation({
  id: 'transaction-half-stored',
  title: 'A transaction is refused, and what came before the bad entry stays',
  caughtBy: ['error.atomic-bundle'],
  source: 'https://hl7.org/fhir/R4/http.html#trules',
  workflow: 'prior-authorization',
  given: withTransaction,
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (response.status < 400 || !isTransaction(request)) return response;
    await next(asBatch(request));
    return response;
  },
});
