import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-state-unchecked',
  title: 'An app finishes a sign-in whatever state comes back',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.7',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'state-unchecked'],
});
