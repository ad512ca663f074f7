import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'slow-down-for-an-hour',
  title: 'A busy interface asks to come back in an hour',
  caughtBy: ['error.rate-limit'],
  besides: ['read.interactions'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
  wrap: (next) => {
    let searches = 0;
    return async (request) => {
      if (!request.path.endsWith('/_search')) return next(request);
      searches += 1;
      if (searches !== 12) return next(request);
      const busy = answered(429, outcome('throttled', 'Too many requests'));
      return { ...busy, headers: { ...busy.headers, 'retry-after': '3600' } };
    };
  },
});
