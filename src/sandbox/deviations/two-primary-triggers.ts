import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'two-primary-triggers',
  title: 'Two triggers are both the primary one',
  caughtBy: ['contract.schema'],
  source: 'https://hl7.org/fhir/R5/subscriptiontopic.html',
  documents({ contract }) {
    partOf(contract, 'triggers', 1)['primary'] = true;
  },
});
