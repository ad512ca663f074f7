import { defineDeviation } from '../deviation.js';
import { assertionOf, tokenGiven } from '../token-answer.js';

export default defineDeviation({
  id: 'assertion-expiry-unchecked',
  title: 'A client assertion works after its end',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const { exp } = assertionOf(request)?.claims ?? {};
    return response.status >= 400 && exp !== undefined && exp * 1_000 < Date.now() ? tokenGiven() : response;
  },
});
