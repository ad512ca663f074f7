import { comesWithOthers } from '../../model/actions.js';
import { isMissing, missing } from '../../model/fact.js';
import { productHalves, productHalvesTemplates } from '../observers/product-halves.js';
import { twoWrites } from '../observers/second-write.js';
import { defineProbe } from '../probe.js';

/** The product is asked for two writes, the second of which its EHR, as the proxy plays it, refuses. */
export default defineProbe({
  id: 'partial-write',
  phase: 'load',
  subjects: 'action',
  when: ({ item: { action } }) => comesWithOthers(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['partial-write'],
  sends: ({ item: { action } }, documents) => {
    const writes = twoWrites(documents, action);
    return isMissing(writes) ? [] : productHalvesTemplates(writes);
  },
  async run(subject, tools) {
    const writes = twoWrites(tools, subject.item.action);
    if (isMissing(writes)) return { 'partial-write': writes };
    if (tools.proxy === undefined) {
      return { 'partial-write': missing('no-ai-system', 'the proxy of the run could not be opened') };
    }
    return { 'partial-write': await productHalves(tools, tools.proxy, subject, writes) };
  },
});
