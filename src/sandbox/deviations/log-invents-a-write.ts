import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'log-invents-a-write',
  title: 'A product whose log holds a write that never was',
  caughtBy: ['audit.vendor-reconcile'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  aiSystem: 'integrated',
  product: (faults) => [...faults, 'log-invents-a-write'],
});
