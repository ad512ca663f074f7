import { defineDeviation } from '../deviation.js';

const behindMs = 3_000;

export default defineDeviation({
  id: 'clocks-of-two-nodes',
  title: 'Every second answer comes from a node whose clock is three seconds behind',
  caughtBy: ['latency.clock-skew'],
  besides: ['read.interactions'],
  source: 'https://profiles.ihe.net/ITI/TF/Volume1/ch-7.html',
  wrap: (next) => {
    let answers = 0;
    return async (request) => {
      const answer = await next(request);
      answers += 1;
      if (answers % 2 === 0) return answer;
      return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() - behindMs).toUTCString() } };
    };
  },
});
