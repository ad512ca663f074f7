import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'scope-not-registered',
  title: 'The organization file asks for a scope the client is not registered for',
  caughtBy: ['auth.backend-token'],
  source: 'https://hl7.org/fhir/smart-app-launch/backend-services.html',
  documents: ({ organization }) => {
    const { bindings } = organization['auth'] as { bindings: { scopes: string[] }[] };
    bindings[0]?.scopes.push('system/Observation.rs');
  },
});
