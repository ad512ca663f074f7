import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'trigger-without-budget',
  title: 'Nobody has said how fast a freed visit has to be offered',
  caughtBy: ['contract.trigger'],
  source: 'https://cds-hooks.hl7.org/2.0/',
  documents({ contract }) {
    partOf(contract, 'latency', 2)['trigger'] = 'call';
    partOf(contract, 'latency', 2)['from'] = 'external-event';
  },
});
