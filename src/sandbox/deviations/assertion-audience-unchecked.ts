import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'assertion-audience-unchecked',
  title: 'A client assertion made for another server is accepted',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  authorization: (rules) => ({ ...rules, acceptsAudience: () => true }),
});
