import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-honours-other-organization',
  title: 'An app takes the session of another hospital for its own',
  caughtBy: ['auth.session-isolation', 'auth.endpoint-coverage'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  peer: true,
  product: (faults) => [...faults, 'organization-unchecked'],
});
