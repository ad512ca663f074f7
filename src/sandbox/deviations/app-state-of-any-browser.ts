import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-state-of-any-browser',
  title: 'An app finishes a sign-in that another browser began',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.7',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'state-of-any-browser'],
});
