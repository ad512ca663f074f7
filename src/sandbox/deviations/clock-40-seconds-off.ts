import { defineDeviation } from '../deviation.js';

const aheadMs = 40_000;

export default defineDeviation({
  id: 'clock-40-seconds-off',
  title: 'The clock of the EHR is forty seconds ahead',
  caughtBy: ['latency.clock-skew'],
  besides: ['read.interactions'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
  wrap: (next) => async (request) => {
    const answer = await next(request);
    return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() + aheadMs).toUTCString() } };
  },
});
