import type { ContractAction } from '../../model/documents/contract.js';
import { isMissing, missing, type Missing } from '../../model/fact.js';
import { gapCases, mostGaps } from '../observers/gap-cases.js';
import { HardCases, hardCaseTemplates, together } from '../observers/hard-cases.js';
import { hiddenCase, hiddenCaseTemplates } from '../observers/hidden-case.js';
import { createsByStatus, whyNotAsked } from '../observers/product-trial.js';
import { mostRefused, refusedCases, refusedCaseTemplates } from '../observers/refused-cases.js';
import { twinCase } from '../observers/twin-case.js';
import { mostUnfit, unfitCases } from '../observers/unfit-cases.js';
import { defineProbe, type RunDocuments } from '../probe.js';

/** What the product can be asked for from outside, or why nothing. */
export function askedAction(documents: Pick<RunDocuments, 'contract' | 'organization'>): ContractAction | Missing {
  const action = (documents.contract.actions ?? []).find(createsByStatus);
  if (action === undefined) return missing('no-ai-system', 'the contract has no action the product could be asked for');
  return whyNotAsked(documents, action) ?? action;
}

/** The product asked from outside for patients with whom it has to stop, between two whom it serves. */
export default defineProbe({
  id: 'hard-cases',
  phase: 'write',
  subjects: 'run',
  needs: ['ai'],
  writes: 'all',
  brings: ['asked-with-gaps', 'asked-without-access', 'asked-in-doubt'],
  sends(_subject, documents) {
    const action = askedAction(documents);
    if (isMissing(action)) return [];
    return [
      ...hardCaseTemplates(action, mostGaps + 2 + mostRefused + mostUnfit),
      ...hiddenCaseTemplates(documents, action),
      ...refusedCaseTemplates,
    ];
  },
  async run(_subject, tools) {
    const action = askedAction(tools);
    const everything = (reason: Missing) => ({
      'asked-with-gaps': reason,
      'asked-without-access': reason,
      'asked-in-doubt': reason,
    });
    if (isMissing(action)) return everything(action);
    const gaps = await gapCases(tools);
    const hidden = together(await hiddenCase(tools, action), await refusedCases(tools));
    const twins = together(await twinCase(tools), unfitCases(tools, action));
    const prepared = [gaps, hidden, twins].flatMap((each) => (isMissing(each) ? [] : each.cases));
    const product = new HardCases(tools, action);
    const servedBefore = prepared.length > 0 && (await tools.once('product-serves', () => product.served()));
    if (prepared.length > 0 && !servedBefore)
      return everything(missing('control-failed', 'the product does not serve an ordinary patient'));
    const { reactions, meanwhile: servedAfter } =
      prepared.length === 0
        ? { reactions: [], meanwhile: false }
        : await product.reactions(prepared, () => product.served());
    const controls = { servedBefore, servedAfter };
    const left = [...reactions];
    return {
      'asked-with-gaps': isMissing(gaps) ? gaps : await gaps.fact(left.splice(0, gaps.cases.length), controls),
      'asked-without-access': isMissing(hidden)
        ? hidden
        : await hidden.fact(left.splice(0, hidden.cases.length), controls),
      'asked-in-doubt': isMissing(twins) ? twins : await twins.fact(left.splice(0, twins.cases.length), controls),
    };
  },
});
