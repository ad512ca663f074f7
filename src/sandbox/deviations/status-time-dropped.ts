import type { Task } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'status-time-dropped',
  title: 'A task says no time of its last change',
  caughtBy: ['write.status-timestamps'],
  source: 'https://hl7.org/fhir/R4/task-definitions.html#Task.lastModified',
  workflow: 'prior-authorization',
  wrap: (next) => async (request) =>
    withResources(await next(request), (resource) => {
      if (resource.resourceType !== 'Task') return resource;
      const { lastModified: _dropped, ...task } = resource as Task;
      return task;
    }),
});
