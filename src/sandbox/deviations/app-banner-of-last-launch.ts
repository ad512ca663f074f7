import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-banner-of-last-launch',
  title: 'An app shows the patient of the last launch in the header of every tab',
  caughtBy: ['auth.session-isolation'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  peer: true,
  product: (faults) => [...faults, 'banner-of-last-launch'],
});
