import { answered, defineDeviation, outcome, patches } from '../deviation.js';

export default defineDeviation({
  id: 'cancel-fails',
  title: 'A cancellation ends in a server error three times before it is taken',
  caughtBy: ['rollback.compensate', 'write.update-patch'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  wrap: (next) => {
    const failures = new Map<string, number>();
    return (request) => {
      const failed = failures.get(request.path) ?? 0;
      if (!patches(request, 'Appointment') || failed === 3) return next(request);
      failures.set(request.path, failed + 1);
      return Promise.resolve(answered(500, outcome('exception', 'Cancellation reason is not configured')));
    };
  },
});
