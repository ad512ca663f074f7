import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'capabilities-missing',
  title: 'The login document names no capabilities',
  caughtBy: ['discovery.smart-config'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({ ...document, capabilities: undefined })),
});
