import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-asks-beyond-contract',
  title: 'A service asks for data the contract does not list',
  caughtBy: ['cds.prefetch'],
  source: 'https://cds-hooks.hl7.org/2.0/#prefetch-template',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'asks-for-more'],
});
