import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-data-missing-is-error',
  title: 'Data that are absent make the service fail',
  caughtBy: ['cds.prefetch'],
  source: 'https://cds-hooks.hl7.org/2.0/#http-status-codes',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'error-without-data'],
});
