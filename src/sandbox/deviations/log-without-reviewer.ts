import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'log-without-reviewer',
  title: 'A product whose log does not say who looked at its output',
  caughtBy: ['audit.vendor-reconcile'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  aiSystem: 'integrated',
  product: (faults) => [...faults, 'log-without-reviewer'],
});
