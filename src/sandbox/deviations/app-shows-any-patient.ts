import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-shows-any-patient',
  title: 'An app shows any patient to a user who has one open',
  caughtBy: ['auth.endpoint-coverage'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'patient-unchecked'],
});
