import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'slow-down-without-a-time',
  title: 'Every tenth search is answered 429, and not when to come back',
  caughtBy: ['error.rate-limit'],
  besides: ['read.interactions'],
  source: 'https://www.rfc-editor.org/rfc/rfc6585#section-4',
  wrap: (next) => {
    let searches = 0;
    return (request) => {
      if (!request.path.endsWith('/_search')) return next(request);
      searches += 1;
      return searches % 10 === 5
        ? Promise.resolve(answered(429, outcome('throttled', 'Too many requests')))
        : next(request);
    };
  },
});
