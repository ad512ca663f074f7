import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'token-lives-two-hours',
  title: 'Access tokens live for two hours',
  caughtBy: ['auth.backend-token'],
  source: 'https://hl7.org/fhir/smart-app-launch/backend-services.html',
  authorization: (rules) => ({ ...rules, tokenLifetimeSeconds: 7_200 }),
});
