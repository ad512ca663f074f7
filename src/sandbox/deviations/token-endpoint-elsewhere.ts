import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'token-endpoint-elsewhere',
  title: 'The login document names another token endpoint',
  caughtBy: ['discovery.smart-config'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.4',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      token_endpoint: 'https://login.elsewhere.example/token',
    })),
});
