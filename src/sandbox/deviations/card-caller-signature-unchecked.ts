import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-signature-unchecked',
  title: 'A service reads the token and does not look at its signature',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-signature-unchecked'],
});
