import { defineDeviation } from '../deviation.js';
import { assertionOf, tokenGiven } from '../token-answer.js';

export default defineDeviation({
  id: 'assertion-subject-unchecked',
  title: 'A client may sign in under the name of another',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const { iss, sub } = assertionOf(request)?.claims ?? {};
    return response.status >= 400 && sub !== undefined && iss !== sub ? tokenGiven() : response;
  },
});
