import { createsThroughFhir } from '../../model/actions.js';
import { missing } from '../../model/fact.js';
import { createdObjectTemplates, storedObject } from '../created-object.js';
import { undoAction, undoTemplates } from '../declared-undo.js';
import { declaredUndo } from '../undo-declaration.js';
import { defineProbe } from '../probe.js';

/** The declared undo of an action that creates. It uses up the shared object, so it runs after all that look at it. */
export default defineProbe({
  id: 'undone-object',
  phase: 'write',
  subjects: 'action',
  when: ({ item }) => createsThroughFhir(item.action, item.path?.via) && declaredUndo(item) === 'request',
  needs: ['ai'],
  writes: 'one',
  brings: ['undo-outcome', 'change-outcome'],
  sends: (subject, documents) => [...createdObjectTemplates(subject, documents), ...undoTemplates(subject)],
  async run(subject, tools) {
    const { filled, stored } = await storedObject(subject, tools);
    const target = { filled, object: stored, earlier: undefined };
    const { undo, change } = await undoAction(subject, tools, tools.clients.ai, target);
    return {
      'undo-outcome': undo,
      'change-outcome': change ?? missing('not-gathered', 'the undo changes nothing that stays'),
    };
  },
});
