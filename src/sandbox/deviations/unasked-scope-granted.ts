import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'unasked-scope-granted',
  title: 'The token endpoint grants what it has registered, also what nobody asked for',
  caughtBy: ['scope.least-privilege'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    scopesGranted(requested, registered) {
      const granted = rules.scopesGranted(requested, registered);
      return granted && [...granted, 'system/Task.cruds'];
    },
  }),
});
