import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'plain-challenge-accepted',
  title: 'The challenge may be the verifier itself',
  caughtBy: ['auth.pkce'],
  source: 'https://hl7.org/fhir/smart-app-launch/app-launch.html#considerations-for-pkce-support',
  workflow: 'documentation',
  authorization: (rules) => ({ ...rules, challengeMethods: [...rules.challengeMethods, 'plain'] }),
});
