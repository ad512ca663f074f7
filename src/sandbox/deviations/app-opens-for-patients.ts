import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-opens-for-patients',
  title: 'An app made for physicians opens for patients',
  caughtBy: ['auth.endpoint-coverage'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'kind-unchecked'],
});
