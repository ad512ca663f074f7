import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'labelled-record-released',
  title: 'Restricted records go to programs, with their label',
  caughtBy: ['hipaa.sensitive-and-consent'],
  workflow: 'documentation',
  source: 'https://hl7.org/fhir/R4/security-labels.html',
  authorization: (rules) => ({ ...rules, withholds: (why) => why !== 'label' && rules.withholds(why) }),
});
