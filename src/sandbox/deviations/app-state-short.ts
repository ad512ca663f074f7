import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-state-short',
  title: 'An app makes its state from 64 random bits',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'state-short'],
});
