import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'refusal-undecided',
  title: 'Nobody has said what happens without access',
  caughtBy: ['contract.failure-matrix'],
  source: 'https://hl7.org/fhir/R4/http.html#Status-Codes',
  documents({ contract }) {
    delete partOf(contract, 'failure')['no-access'];
  },
});
