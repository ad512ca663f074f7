import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'keys-at-a-metadata-address',
  title: 'The keys of the server are at a cloud metadata address',
  caughtBy: ['discovery.smart-config'],
  source: 'https://www.rfc-editor.org/rfc/rfc3927',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      jwks_uri: 'https://169.254.169.254/latest/meta-data',
    })),
});
