import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-row-with-odd-id',
  title: 'One slot of a result carries an id that would change the address it is read at',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/datatypes.html#id',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'Slot') ? withBundle(response, withOddLast) : response;
  },
});

const withOddLast: Parameters<typeof withBundle>[1] = (bundle) => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((entry, n, all) =>
    entry.resource && n > 0 && n === all.length - 1
      ? { ...entry, resource: { ...entry.resource, id: '../../Patient/1' } }
      : entry,
  ),
});
