import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'everything-granted',
  title: 'Every client is granted everything',
  caughtBy: ['scope.least-privilege'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({ ...rules, scopesGranted: () => ['system/*.cruds'] }),
});
