import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-feedback-not-taken',
  title: 'Nobody can tell the service what became of its card',
  caughtBy: ['cds.service'],
  source: 'https://cds-hooks.hl7.org/2.0/#feedback',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'no-feedback'],
});
