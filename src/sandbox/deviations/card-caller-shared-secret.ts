import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-shared-secret',
  title: 'A service takes its caller’s public key for a shared secret',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#jwt-signing-algorithm',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-shared-secret'],
});
