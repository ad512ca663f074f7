import { isMissing, missing } from '../../model/fact.js';
import { switchTemplates } from '../ai-system.js';
import { HardCases, hardCaseTemplates } from '../observers/hard-cases.js';
import { defineProbe } from '../probe.js';
import { askedAction } from './hard-cases.js';

/** What is under way when the switch is thrown gets this long to come to an end. */
const quietMs = { simulator: 200, elsewhere: 5_000 };

/** The product switched off and asked for what it does for others just before and just after. */
export default defineProbe({
  id: 'switch-drill',
  phase: 'write',
  subjects: 'run',
  needs: ['ai'],
  writes: 'all',
  brings: ['switch-drill'],
  sends(_subject, documents) {
    const action = askedAction(documents);
    return isMissing(action) || documents.organization.aiSystem?.control === undefined
      ? []
      : [...switchTemplates(1), ...hardCaseTemplates(action, 1)];
  },
  async run(_subject, tools) {
    const { switchProduct, cases, environmentClass, pause } = tools;
    const action = askedAction(tools);
    if (isMissing(action)) return { 'switch-drill': action };
    if (switchProduct === undefined)
      return { 'switch-drill': missing('no-ai-system', 'aiSystem.control is not in the organization file') };
    const product = new HardCases(tools, action);
    const servedBefore = await tools.once('product-serves', () => product.served());
    if (!servedBefore)
      return { 'switch-drill': missing('control-failed', 'the product does not serve an ordinary patient') };
    const quiet = () => pause(environmentClass === 'simulator' ? quietMs.simulator : quietMs.elsewhere);
    const startedMs = performance.now();
    const offDone = await switchProduct('off');
    const stopMs = Math.round(performance.now() - startedMs);
    let onDone = false;
    let whileOff;
    try {
      whileOff = await product.reactions([{ patients: cases.seriesPatients().slice(0, 1), said: {} }], quiet);
    } finally {
      onDone = await switchProduct('on');
    }
    const [reaction] = whileOff.reactions;
    if (reaction === undefined) return { 'switch-drill': missing('no-test-object', 'no test patient is left') };
    const { leaked: _leaked, ...seen } = reaction;
    return {
      'switch-drill': { servedBefore, servedAfter: await product.served(), offDone, onDone, stopMs, ...seen },
    };
  },
});
