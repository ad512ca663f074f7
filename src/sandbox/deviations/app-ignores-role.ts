import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-ignores-role',
  title: 'An app opens for whoever works at the clinic',
  caughtBy: ['auth.endpoint-coverage'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'role-unchecked'],
});
