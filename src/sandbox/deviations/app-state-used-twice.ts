import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-state-used-twice',
  title: 'An app takes the same state a second time',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.7',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'state-kept'],
});
