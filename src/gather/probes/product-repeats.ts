import { missing } from '../../model/fact.js';
import { notedTrials } from '../observers/product-holds.js';
import { productRepeats, productRepeatTemplates } from '../observers/product-repeats.js';
import { createsByStatus, whyNotAsked } from '../observers/product-trial.js';
import { defineProbe } from '../probe.js';

/** How many objects are there after the product was asked for the same more than once. */
export default defineProbe({
  id: 'product-repeats',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => createsByStatus(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['product-repeats', 'product-trials'],
  sends: ({ item: { action } }, documents) =>
    whyNotAsked(documents, action) === undefined ? productRepeatTemplates(action) : [],
  async run({ item: { action } }, tools) {
    const why = whyNotAsked(tools, action);
    if (why !== undefined) return { 'product-repeats': why, 'product-trials': why };
    const { rows, gate } = await productRepeats(tools, action);
    const retries = rows.filter(({ way }) => way !== 'other-words');
    const trials = total(retries.map((row) => row.trials));
    const breaches = total(retries.map((row) => row.breaches));
    if (action.review?.required === true && gate.trials > 0)
      await notedTrials(tools, action.id, { control: 'reviewGate', ...gate });
    return {
      'product-repeats': rows,
      'product-trials':
        trials === 0
          ? missing('control-failed', 'the product left nothing to count')
          : await notedTrials(tools, action.id, { control: 'noDuplicate', trials, breaches }),
    };
  },
});

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
