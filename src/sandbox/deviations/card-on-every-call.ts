import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-on-every-call',
  title: 'Every order gets a card',
  caughtBy: ['cds.service'],
  source: 'https://cds-hooks.hl7.org/2.0/#response',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'card-on-every-call'],
});
