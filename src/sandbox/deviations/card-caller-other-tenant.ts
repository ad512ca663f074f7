import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-other-tenant',
  title: 'A service answers for an organization it has no agreement with',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-other-tenant'],
});
