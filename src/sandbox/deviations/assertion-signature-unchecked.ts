import { defineDeviation } from '../deviation.js';
import { assertionOf, tokenGiven } from '../token-answer.js';

export default defineDeviation({
  id: 'assertion-signature-unchecked',
  title: 'The signature of a client assertion is not looked at',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const { header, claims: { iss, sub, exp = 0 } = {} } = assertionOf(request) ?? {};
    const wellFormed = header?.alg !== 'none' && header?.jku === undefined && iss !== undefined && iss === sub;
    const inTime = exp * 1_000 > Date.now() && exp * 1_000 < Date.now() + 300_000;
    return response.status === 401 && wellFormed && inTime ? tokenGiven() : response;
  },
});
