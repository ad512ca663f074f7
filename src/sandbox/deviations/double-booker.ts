import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'double-booker',
  title: 'A product that takes an event it is told again for a new wish and books the next time too',
  caughtBy: ['write.idempotent-retry', 'event.duplicate-reorder'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
  aiSystem: 'double-booker',
});
