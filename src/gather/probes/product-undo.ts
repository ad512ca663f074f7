import { missing } from '../../model/fact.js';
import { notedTrials } from '../observers/product-holds.js';
import { productUndo, productUndoTemplates, whyNotUndone } from '../observers/product-undo.js';
import { createsByStatus } from '../observers/product-trial.js';
import { defineProbe } from '../probe.js';

/** Whether the product takes back what it did, where the contract leaves that to it. */
export default defineProbe({
  id: 'product-undo',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => createsByStatus(action) && action.controls?.undo?.heldBy === 'product',
  needs: ['ai'],
  writes: 'all',
  brings: ['product-trials'],
  sends: ({ item: { action } }, documents) =>
    whyNotUndone(documents, action) === undefined ? productUndoTemplates(action) : [],
  async run({ item: { action } }, tools) {
    const why = whyNotUndone(tools, action);
    if (why !== undefined) return { 'product-trials': why };
    const { trials, breaches } = await productUndo(tools, action);
    return {
      'product-trials':
        trials === 0
          ? missing('control-failed', 'the product left nothing it could take back')
          : await notedTrials(tools, action.id, { control: 'undo', trials, breaches }),
    };
  },
});
