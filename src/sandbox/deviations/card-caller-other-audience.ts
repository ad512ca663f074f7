import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-caller-other-audience',
  title: 'A service takes a token made for another one',
  caughtBy: ['cds.client-auth'],
  source: 'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'caller-other-audience'],
});
