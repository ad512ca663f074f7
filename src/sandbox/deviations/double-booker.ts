import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'double-booker',
  title: 'A product that takes every retry for a new wish and books the next time too',
  caughtBy: ['write.idempotent-retry', 'event.duplicate-reorder', 'error.ehr-outage'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
  aiSystem: 'double-booker',
});
