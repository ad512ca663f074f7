import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-export-open',
  title: 'An export of an app asks for no sign-in',
  caughtBy: ['auth.endpoint-coverage'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'export-open'],
});
