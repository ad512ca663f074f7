import { defineDeviation } from '../deviation.js';
import { assertionOf, tokenGiven } from '../token-answer.js';

export default defineDeviation({
  id: 'assertion-unsigned',
  title: 'A client assertion without a signature is accepted',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  wrap: (next) => async (request) => {
    return assertionOf(request)?.header.alg === 'none' ? tokenGiven() : next(request);
  },
});
