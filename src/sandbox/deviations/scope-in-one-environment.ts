import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'scope-in-one-environment',
  title: 'The environment it is tried in offers scopes that the other one does not',
  caughtBy: ['profile.environment-parity'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#metadata',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!request.path.endsWith('/twin/fhir/.well-known/smart-configuration')) return response;
    const members = JSON.parse(Buffer.from(response.body ?? '').toString()) as object;
    return { ...response, body: JSON.stringify({ ...members, scopes_supported: ['openid'] }) };
  },
});
