import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'discovery-missing',
  title: 'There is no login document',
  caughtBy: ['discovery.smart-config'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
  wrap: (next) => (request) =>
    request.path.endsWith('/.well-known/smart-configuration')
      ? Promise.resolve(answered(404, outcome('not-found', 'No such page')))
      : next(request),
});
