import { missing, type FactValue } from '../../model/fact.js';
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
    const rows = await productRepeats(tools, action);
    const retries = rows.filter(({ way }) => way !== 'other-words');
    const trials = total(retries.map((row) => row.trials));
    return {
      'product-repeats': rows,
      'product-trials':
        trials === 0
          ? missing('control-failed', 'the product left nothing to count')
          : ([
              { control: 'noDuplicate', trials, breaches: total(retries.map((row) => row.breaches)) },
            ] satisfies FactValue<'product-trials'>),
    };
  },
});

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
