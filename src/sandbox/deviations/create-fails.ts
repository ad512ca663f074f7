import { answered, creates, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'create-fails',
  title: 'Every create ends in a server error',
  caughtBy: ['write.create'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  wrap: (next) => (request) =>
    creates(request, 'Appointment')
      ? Promise.resolve(answered(500, outcome('exception', 'Scheduling service is not configured')))
      : next(request),
});
