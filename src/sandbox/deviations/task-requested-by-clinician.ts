import type { Task } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'task-requested-by-clinician',
  title: 'A task a program creates is shown as requested by a clinician',
  caughtBy: ['write.ai-provenance'],
  source: 'https://hl7.org/fhir/R4/task-definitions.html#Task.requester',
  workflow: 'prior-authorization',
  store(store) {
    const [clinician] = [...store.all('Practitioner')];
    return {
      ...store,
      transaction: (work) =>
        store.transaction((writer) =>
          work({
            ...writer,
            create: (resource) =>
              writer.create(
                resource.resourceType === 'Task'
                  ? ({ ...resource, requester: { reference: `Practitioner/${clinician?.id ?? ''}` } } as Task)
                  : resource,
              ),
          }),
        ),
    };
  },
});
