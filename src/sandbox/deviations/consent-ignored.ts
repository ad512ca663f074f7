import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'consent-ignored',
  title: 'What a patient keeps from programs is given to them',
  caughtBy: ['hipaa.sensitive-and-consent'],
  workflow: 'documentation',
  source: 'https://hl7.org/fhir/R4/consent.html',
  authorization: (rules) => ({ ...rules, withholds: (why) => why !== 'consent' && rules.withholds(why) }),
});
