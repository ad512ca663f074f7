import { setTimeout as pause } from 'node:timers/promises';
import { withBusyHour } from '../busy-contract.js';
import { creates, defineDeviation, patches } from '../deviation.js';

const turnMs = 200;

export default defineDeviation({
  id: 'writes-one-at-a-time',
  title: 'Visits are stored one after the other, 200 milliseconds each',
  caughtBy: ['latency.under-load'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  aiSystem: 'integrated',
  given: (documents) => withBusyHour(documents, { busy: ['call'] }),
  wrap(next) {
    let queue: Promise<unknown> = Promise.resolve();
    return async (request) => {
      if (!creates(request, 'Appointment') && !patches(request, 'Appointment')) return next(request);
      const turn = queue.then(() => pause(turnMs, undefined, { ref: false }));
      queue = turn;
      await turn;
      return next(request);
    };
  },
});
