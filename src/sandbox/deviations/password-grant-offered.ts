import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'password-grant-offered',
  title: 'Clients may sign in with a person’s user name and password',
  caughtBy: ['hipaa.unique-identity'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.4',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      grant_types_supported: [...(document['grant_types_supported'] as string[]), 'password'],
    })),
});
