import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'discovery-by-accept',
  title: 'The login document is HTML for a client that does not ask for JSON',
  caughtBy: ['discovery.smart-config'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
  wrap: (next) => async (request) => {
    const asksForJson = request.headers['accept']?.includes('json') ?? false;
    const found = request.path.endsWith('/.well-known/smart-configuration') && !asksForJson;
    return found
      ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Login</title>' }
      : next(request);
  },
});
