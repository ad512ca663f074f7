import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'app-needs-no-launch',
  title: 'An app begins an EHR launch that no EHR made',
  caughtBy: ['auth.app-redirect-safety'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html',
  workflow: 'documentation',
  aiSystem: 'scribe',
  product: (faults) => [...faults, 'launch-not-needed'],
});
