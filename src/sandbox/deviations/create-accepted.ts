import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-accepted',
  title: 'A create is only accepted (202)',
  caughtBy: ['write.create'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.3.3',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return creates(request, 'Appointment') && response.status === 201 ? { status: 202 } : response;
  },
});
