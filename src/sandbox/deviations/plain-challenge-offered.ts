import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'plain-challenge-offered',
  title: 'The code challenge method plain is offered',
  caughtBy: ['discovery.smart-config'],
  source: 'https://www.rfc-editor.org/rfc/rfc7636#section-7.2',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      code_challenge_methods_supported: ['S256', 'plain'],
    })),
});
