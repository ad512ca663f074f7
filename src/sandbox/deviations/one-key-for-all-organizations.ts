import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'one-key-for-all-organizations',
  title: 'The vendor signs in with one key at every organization',
  caughtBy: ['profile.auth-binding'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  peer: true,
  authorization: (rules) => ({ ...rules, keyName: (_organization, client) => client }),
});
