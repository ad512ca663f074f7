import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'write-scope-not-needed',
  title: 'The client of the product asks for a write no cell of the matrix needs',
  caughtBy: ['contract.permissions'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  documents({ organization }) {
    const client = partOf(organization, 'auth', 'bindings', 0);
    client['scopes'] = [...(client['scopes'] as string[]), 'system/Task.c'];
  },
});
