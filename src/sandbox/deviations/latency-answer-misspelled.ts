import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'latency-answer-misspelled',
  title: 'A latency entry is answered by an action that does not exist',
  caughtBy: ['contract.trigger', 'contract.schema'],
  source: 'https://hl7.org/fhir/R5/subscriptiontopic.html',
  documents({ contract }) {
    partOf(contract, 'latency', 1)['answeredBy'] = 'boook';
  },
});
