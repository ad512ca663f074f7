import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-unsigned',
  title: 'A service takes a token without a signature',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#jwt-signing-algorithm',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-unsigned'],
});
