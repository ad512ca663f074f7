import { createsThroughFhir } from '../../model/actions.js';
import { createdObject, createdObjectTemplates } from '../created-object.js';
import { defineProbe } from '../probe.js';

/** What the contract's create leaves in the record. */
export default defineProbe({
  id: 'created-object',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) => createsThroughFhir(action, path?.via),
  needs: ['ai'],
  writes: 'one',
  brings: ['create-outcome'],
  sends: createdObjectTemplates,
  async run(subject, tools) {
    return { 'create-outcome': (await createdObject(subject, tools)).outcome };
  },
});
