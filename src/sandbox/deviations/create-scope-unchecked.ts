import { roleRights, type Role } from '../clients.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-scope-unchecked',
  title: 'Creating asks for the rights of the account and for no scope',
  caughtBy: ['scope.enforced'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (interaction === 'c' && roleRights[access.role as Role][resourceType]?.includes('c') === true) ||
      rules.permits(access, interaction, resourceType, resource),
  }),
});
