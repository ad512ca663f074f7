import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'system-action-without-review',
  title: 'A service changes the order by itself, without a card',
  caughtBy: ['cds.service'],
  source: 'https://cds-hooks.hl7.org/2.0/#system-action',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'system-action'],
});
