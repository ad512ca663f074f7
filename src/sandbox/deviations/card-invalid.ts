import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-invalid',
  title: 'A card comes without its source and with an urgency nobody knows',
  caughtBy: ['cds.service'],
  source: 'https://cds-hooks.hl7.org/2.0/#response',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'card-invalid'],
});
