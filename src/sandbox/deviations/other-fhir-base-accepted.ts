import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'other-fhir-base-accepted',
  title: 'A sign-in meant for another FHIR base gets a token',
  caughtBy: ['auth.redirect-exact'],
  source: 'https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code',
  workflow: 'documentation',
  wrap: (next) => (request) => {
    const [, organization] = /^\/([^/]+)\/auth\/authorize$/.exec(request.path) ?? [];
    if (organization === undefined) return next(request);
    const query = new URLSearchParams(request.query);
    query.set('aud', `${request.tls ? 'https' : 'http'}://${request.headers['host']}/${organization}/fhir`);
    return next({ ...request, query });
  },
});
