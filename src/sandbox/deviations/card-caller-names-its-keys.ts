import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-names-its-keys',
  title: 'A service fetches the keys a token points at',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-names-its-keys'],
});
