import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-without-data',
  title: 'A card is given although the data it needs are absent',
  caughtBy: ['cds.prefetch'],
  source: 'https://cds-hooks.hl7.org/2.0/#prefetch-template',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'advice-without-data'],
});
