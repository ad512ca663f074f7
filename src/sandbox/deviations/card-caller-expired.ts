import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-expired',
  title: 'A service takes a token that ended long ago',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-expired'],
});
