import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'assertion-of-100-minutes',
  title: 'A client assertion may live for two hours',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  authorization: (rules) => ({ ...rules, longestAssertionSeconds: 7_200 }),
});
