import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'written-element-changed',
  title: 'The time a task was authored is cut to the day',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/task.html',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (!creates(request, 'Task')) return next(request);
    const task = sentBody(request) as { authoredOn?: string };
    return next(withBody(request, { ...task, authoredOn: `${(task.authoredOn ?? '').slice(0, 10)}T00:00:00Z` }));
  },
});
