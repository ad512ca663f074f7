import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-goes-where-told',
  title: 'An app goes on to any address a parameter names',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.11',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'next-followed'],
});
