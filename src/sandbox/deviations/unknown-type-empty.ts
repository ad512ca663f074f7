import { answered, defineDeviation } from '../deviation.js';
import { resourceTypeRule } from '../fhir/resource-types.js';

export default defineDeviation({
  id: 'unknown-type-empty',
  title: 'A search of a type the server does not know finds nothing instead of being refused',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#search',
  wrap: (next) => async (request) => {
    const type = /\/([A-Z][A-Za-z]+)\/_search$/.exec(request.path)?.[1];
    return type === undefined || resourceTypeRule(type) !== undefined
      ? next(request)
      : answered(200, { resourceType: 'Bundle', type: 'searchset', total: 0 });
  },
});
