import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-without-id',
  title: 'A card has no id to speak of it later',
  caughtBy: ['cds.service'],
  source: 'https://cds-hooks.hl7.org/2.0/#card-attributes',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'card-without-id'],
});
