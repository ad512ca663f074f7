import type { AuthBinding } from '../../model/documents/organization.js';
import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'app-opened-by-itself',
  title: 'The app is registered to be opened by itself where the contract has the EHR open it',
  caughtBy: ['auth.launch-context'],
  source: 'https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-standalone-launch',
  workflow: 'documentation',
  documents({ organization }) {
    const bindings = partOf(organization, 'auth')['bindings'] as AuthBinding[];
    for (const [index, { flow }] of bindings.entries()) {
      if (flow === 'ehr-launch') partOf(organization, 'auth', 'bindings', index)['flow'] = 'standalone';
    }
  },
});
