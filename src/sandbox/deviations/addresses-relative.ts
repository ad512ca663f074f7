import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'addresses-relative',
  title: 'The login document holds relative addresses',
  caughtBy: ['discovery.smart-config'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      introspection_endpoint: 'introspect',
      revocation_endpoint: 'revoke',
    })),
});
