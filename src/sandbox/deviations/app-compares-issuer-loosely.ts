import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-compares-issuer-loosely',
  title: 'An app takes a host that only begins like its EHR',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://hl7.org/fhir/smart-app-launch/best-practices.html',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'issuer-by-prefix'],
});
