import { answered, creates, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'create-stored-with-500',
  title: 'A create is stored and answered 500',
  caughtBy: ['write.create'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return creates(request, 'Appointment') && response.status === 201
      ? answered(500, outcome('exception', 'Confirmation message could not be built'))
      : response;
  },
});
