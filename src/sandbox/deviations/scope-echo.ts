import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'scope-echo',
  title: 'The token endpoint grants whatever scope it is asked for',
  caughtBy: ['scope.least-privilege', 'auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({ ...rules, scopesGranted: (requested) => requested }),
});
