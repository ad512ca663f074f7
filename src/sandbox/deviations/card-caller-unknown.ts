import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-unknown',
  title: 'A service answers whoever calls it',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-unknown'],
});
