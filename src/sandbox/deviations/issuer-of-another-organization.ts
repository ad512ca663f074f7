import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'issuer-of-another-organization',
  title: 'The issuer is the token endpoint of another organization',
  caughtBy: ['discovery.smart-config'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.4',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      issuer: `${String(document['issuer'])}-of-another/token`,
    })),
});
