import { defineDeviation, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'history-without-content',
  title: 'The history names the versions and leaves out what they held',
  caughtBy: ['rollback.history'],
  source: 'https://hl7.org/fhir/R4/http.html#history',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!request.path.endsWith('/_history')) return response;
    return withBundle(response, (bundle) => ({
      ...bundle,
      entry: (bundle.entry ?? []).map(({ resource: _resource, ...entry }) => entry),
    }));
  },
});
