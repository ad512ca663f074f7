import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'log-misses-a-write',
  title: 'A product whose log lacks one of its writes',
  caughtBy: ['audit.vendor-reconcile'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  aiSystem: 'integrated',
  product: (faults) => [...faults, 'log-misses-a-write'],
});
