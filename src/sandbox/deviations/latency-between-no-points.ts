import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'latency-between-no-points',
  title: 'A latency entry runs between two points nobody can measure',
  caughtBy: ['contract.trigger'],
  source: 'https://cds-hooks.hl7.org/2.0/',
  documents({ contract }) {
    partOf(contract, 'latency', 2)['to'] = 'ai-received';
  },
});
