import { answered, defineDeviation, outcome, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'history-current-only',
  title: 'The history is the current version alone',
  caughtBy: ['rollback.history'],
  source: 'https://hl7.org/fhir/R4/http.html#vread',
  wrap: (next) => async (request) => {
    if (request.path.includes('/_history/')) return answered(404, outcome('not-found', 'No earlier version is kept'));
    const response = await next(request);
    if (!request.path.endsWith('/_history')) return response;
    return withBundle(response, (bundle) => ({ ...bundle, entry: (bundle.entry ?? []).slice(0, 1) }));
  },
});
