import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'card-slow',
  title: 'A card comes when the order has been signed long ago',
  caughtBy: ['latency.event-to-response'],
  source: 'https://cds-hooks.hl7.org/2.0/#providing-fhir-resources-to-a-cds-service',
  workflow: 'prior-authorization',
  aiSystem: 'order-advisor',
  product: (faults) => [...faults, 'slow'],
});
