import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-replayed',
  title: 'A service takes the same token twice',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-replayed'],
});
