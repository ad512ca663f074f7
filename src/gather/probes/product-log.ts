import { isMissing, missing } from '../../model/fact.js';
import { aiLogTemplates } from '../ai-log-source.js';
import { auditEventSource, auditLogTemplates } from '../audit-log.js';
import { defineProbe } from '../probe.js';
import { readProductLog } from '../product-log.js';
import { productWrites } from '../product-writes.js';
import { settledLog } from '../settled-log.js';

/** What the AI system wrote, told twice: by the EHR's log and by its own. */
export default defineProbe({
  id: 'product-log',
  phase: 'settle',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['writes-of-product', 'product-log', 'card-outcomes'],
  sends: (_run, documents) => {
    if (documents.organization.aiSystem === undefined) return [];
    const source = auditEventSource(documents.organization);
    return [
      ...aiLogTemplates(documents),
      ...(source === undefined ? [] : auditLogTemplates(source, documents.environment)),
    ];
  },
  async run(_subject, tools) {
    if (tools.organization.aiSystem === undefined)
      return { 'writes-of-product': noProduct, 'product-log': noProduct, 'card-outcomes': noProduct };
    // First the EHR's log, with its lag: by then the product has written down what it did.
    const settled = await settledLog(tools);
    const { accesses, run } = tools.made();
    const log = await tools.aiLog();
    return {
      'writes-of-product': isMissing(settled)
        ? settled
        : productWrites(accesses, settled.records, tools, 'fhir-auditevent'),
      ...(isMissing(log)
        ? { 'product-log': log, 'card-outcomes': log }
        : await readProductLog(log.text, run, log.source)),
    };
  },
});

const noProduct = missing('no-ai-system', 'aiSystem is not in the organization file');
