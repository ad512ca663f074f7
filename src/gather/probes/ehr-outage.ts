import { missing } from '../../model/fact.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { productOutage, productOutageTemplates } from '../observers/product-outage.js';
import { createsByStatus, whyNotAsked } from '../observers/product-trial.js';
import { defineProbe, type RunDocuments } from '../probe.js';

const actionOf = (documents: Pick<RunDocuments, 'contract' | 'organization'>): ContractAction | undefined =>
  (documents.contract.actions ?? []).find(
    (action) => createsByStatus(action) && whyNotAsked(documents, action) === undefined,
  );

/** The product is asked for something while its EHR, as the proxy plays it, is down. */
export default defineProbe({
  id: 'ehr-outage',
  phase: 'load',
  subjects: 'run',
  needs: ['ai'],
  writes: 'all',
  brings: ['ehr-outage'],
  sends(_, documents) {
    const action = documents.organization.aiSystem?.proxy === undefined ? undefined : actionOf(documents);
    return action === undefined ? [] : productOutageTemplates(action);
  },
  async run(_, tools) {
    const action = actionOf(tools);
    if (tools.proxy === undefined || action === undefined) {
      return { 'ehr-outage': missing('no-ai-system', 'no product that can be asked runs through a proxy') };
    }
    return { 'ehr-outage': await productOutage(tools, tools.proxy, action) };
  },
});
