import { answered, defineDeviation, outcome, reads } from '../deviation.js';

export default defineDeviation({
  id: 'read-fails',
  title: 'Reading a slot by its id ends in a server error',
  caughtBy: ['read.interactions'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  wrap: (next) => (request) =>
    reads(request, 'Slot')
      ? Promise.resolve(answered(500, outcome('exception', 'The slot could not be loaded')))
      : next(request),
});
