import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'batch-entries-unchecked',
  title: 'Entries of a batch may read anything',
  caughtBy: ['scope.enforced'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, ...object) =>
      (access.inBundle === true && interaction === 'r') || rules.permits(access, interaction, ...object),
  }),
});
