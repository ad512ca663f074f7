import { defineDeviation } from '../deviation.js';
import { withProductUndo } from '../product-undoes.js';

export default defineDeviation({
  id: 'sham-canceller',
  title: 'A product that says of a visit that it is cancelled, and leaves it standing',
  caughtBy: ['rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/lifecycle.html',
  aiSystem: 'sham-canceller',
  // In the shipped contract the EHR takes bookings back.
  given: withProductUndo,
});
