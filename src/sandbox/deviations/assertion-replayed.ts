import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'assertion-replayed',
  title: 'A client assertion works a second time',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  authorization: (rules) => ({ ...rules, acceptsReplayedAssertion: true }),
});
