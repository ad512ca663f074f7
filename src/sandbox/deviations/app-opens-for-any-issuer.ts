import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-opens-for-any-issuer',
  title: 'An app asks whatever address a launch names where to sign in',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://hl7.org/fhir/smart-app-launch/best-practices.html',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'issuer-of-anyone'],
});
