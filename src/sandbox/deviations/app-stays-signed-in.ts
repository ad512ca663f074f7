import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-stays-signed-in',
  title: 'A session of an app that is left alone does not end',
  caughtBy: ['hipaa.session-and-emergency'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(iii)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'session-without-end'],
});
