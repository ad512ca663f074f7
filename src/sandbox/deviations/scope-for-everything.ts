import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'scope-for-everything',
  title: 'The client of the product asks for every resource type',
  caughtBy: ['contract.permissions'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  documents({ organization }) {
    partOf(organization, 'auth', 'bindings', 0)['scopes'] = ['system/*.read', 'system/Appointment.crus'];
  },
});
