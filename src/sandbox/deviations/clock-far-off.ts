import { defineDeviation } from '../deviation.js';

const ahead = 20 * 60_000;

export default defineDeviation({
  id: 'clock-far-off',
  title: 'The clock of the EHR is twenty minutes ahead',
  caughtBy: ['write.version-conflict', 'latency.clock-skew'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
  wrap: (next) => async (request) => {
    const answer = await next(request);
    return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() + ahead).toUTCString() } };
  },
});
