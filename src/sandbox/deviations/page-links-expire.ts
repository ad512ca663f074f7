import { answered, defineDeviation, outcome } from '../deviation.js';

/** Pages one result gives before it is forgotten. */
const pagesKept = 2;

export default defineDeviation({
  id: 'page-links-expire',
  title: 'A long result is forgotten after its third page',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#paging',
  wrap(next) {
    const given = new Map<string, number>();
    return (request) => {
      const result = request.query.get('_cursor')?.split('.')[0];
      if (result === undefined) return next(request);
      const pages = (given.get(result) ?? 0) + 1;
      given.set(result, pages);
      return pages > pagesKept
        ? Promise.resolve(answered(410, outcome('not-found', 'This result is no longer kept')))
        : next(request);
    };
  },
});
