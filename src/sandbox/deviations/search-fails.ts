import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-fails',
  title: 'Every slot search ends in a server error',
  caughtBy: ['read.interactions'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  wrap: (next) => (request) =>
    searches(request, 'Slot')
      ? Promise.resolve(answered(500, outcome('exception', 'The schedule could not be loaded')))
      : next(request),
});
