import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-one-session-a-browser',
  title: 'An app keeps one session a browser, whichever hospital it is of',
  caughtBy: ['auth.session-isolation'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  peer: true,
  product: (faults) => [...faults, 'session-of-browser'],
});
