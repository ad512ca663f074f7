import { missing, type FactValue } from '../../model/fact.js';
import type { ContractAction } from '../../model/documents/contract.js';
import {
  createsByStatus,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  whyNotAsked,
} from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';

/** Once with the EHR asking for less, and once without where that was not done. */
const trials = 2;
const retryAfterS = 1;
/** The product waits twice as long as it is told to, for a search and for a write. */
const deadlineMs = 30_000;

const actionOf = (documents: Pick<RunDocuments, 'contract' | 'organization'>): ContractAction | undefined =>
  (documents.contract.actions ?? []).find(
    (action) => createsByStatus(action) && whyNotAsked(documents, action) === undefined,
  );

/** The product is asked for something while the EHR, as the proxy plays it, asks for less. */
export default defineProbe({
  id: 'throttled-product',
  phase: 'load',
  subjects: 'run',
  needs: ['ai'],
  writes: 'all',
  brings: ['throttled-work'],
  sends(_, documents) {
    const action = documents.organization.aiSystem?.proxy === undefined ? undefined : actionOf(documents);
    return action === undefined
      ? []
      : productTrialTemplates(action, { cases: trials, asked: trials, looks: searchesPerLook });
  },
  async run(_, tools) {
    const action = actionOf(tools);
    if (tools.proxy === undefined || action === undefined) {
      return { 'throttled-work': missing('no-ai-system', 'no product that can be asked runs through a proxy') };
    }
    return { 'throttled-work': await throttledWork(tools, tools.proxy, new ProductTrials(tools, action)) };
  },
});

async function throttledWork(
  tools: ProbeTools,
  proxy: NonNullable<ProbeTools['proxy']>,
  products: ProductTrials,
): Promise<FactValue<'throttled-work'> | ReturnType<typeof missing>> {
  const faults = (['search', 'write'] as const).map((interaction) =>
    proxy.inject({ fault: '429', when: { interaction }, times: 1, retryAfterS }),
  );
  let done: boolean;
  try {
    done = await isDone(tools, products);
  } finally {
    for (const fault of faults) fault.remove();
  }
  const met = faults.reduce((sum, fault) => sum + fault.hits(), 0);
  if (met === 0) return missing('control-failed', 'the product sent nothing that could be answered with 429');
  // What it never does says nothing about waiting.
  if (!done && !(await isDone(tools, products))) {
    return missing('control-failed', 'the product does not do it without being asked to wait either');
  }
  return { met, done };
}

async function isDone(tools: ProbeTools, products: ProductTrials): Promise<boolean> {
  const asked = await products.prepare();
  const { exchange } = await products.ask(asked, { deadlineMs });
  if (exchange !== undefined) tools.cite([exchange]);
  const objects = await products.objects(asked);
  await products.end(asked, objects);
  return objects.length > 0;
}
