import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-second-ends-first',
  title: 'A second launch of an app ends the session of the first',
  caughtBy: ['auth.session-isolation'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  peer: true,
  product: (faults) => [...faults, 'second-ends-first'],
});
