import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'tokens-cannot-be-withdrawn',
  title: 'Neither introspection nor revocation is offered',
  caughtBy: ['auth.token-lifecycle'],
  source: 'https://hl7.org/fhir/smart-app-launch/token-introspection.html',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => {
      const { introspection_endpoint: _introspection, revocation_endpoint: _revocation, ...others } = document;
      return others;
    }),
});
