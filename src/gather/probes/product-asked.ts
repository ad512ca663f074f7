import { productTrialTemplates, ProductTrials, whyNotAsked, createsByStatus } from '../observers/product-trial.js';
import { defineProbe, type RunDocuments } from '../probe.js';

const enough = 3;
const looks = 1;

const isLogged = ({ organization }: Pick<RunDocuments, 'organization'>): boolean =>
  organization.aiSystem?.auditExport !== undefined;

/** Sees to it that the product has written something its own log has to hold: asks for it, where nobody else has. */
export default defineProbe({
  id: 'product-asked',
  phase: 'load',
  subjects: 'action',
  when: ({ item: { action } }, documents) => createsByStatus(action) && isLogged(documents),
  needs: ['ai'],
  writes: 'all',
  brings: ['product-asked'],
  sends: ({ item: { action } }, documents) =>
    whyNotAsked(documents, action) === undefined
      ? productTrialTemplates(action, { cases: enough, asked: enough, looks })
      : [],
  async run({ item: { action } }, tools) {
    const why = whyNotAsked(tools, action);
    if (why !== undefined) return { 'product-asked': why };
    if (tools.writer.announced >= enough) return { 'product-asked': { asked: 0, made: 0 } };
    const trials = new ProductTrials(tools, action);
    let made = 0;
    for (let asked = 0; asked < enough; asked++) {
      const one = await trials.prepare();
      try {
        await trials.ask(one);
      } finally {
        const objects = await trials.objects(one);
        made += objects.length;
        await trials.end(one, objects);
      }
    }
    return { 'product-asked': { asked: enough, made } };
  },
});
