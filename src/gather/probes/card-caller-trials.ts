import { randomUUID } from 'node:crypto';
import { showsCards } from '../../model/cards.js';
import { missing } from '../../model/fact.js';
import { openForeignKeySet } from '../foreign-key-set.js';
import { cdsHooksTemplates } from '../observers/cds-hooks.js';
import { askingTemplates, askServices, noService } from '../observers/cds-hooks-asking.js';
import { callerFaults, callerToken, faultyCallerToken } from '../observers/cds-hooks-caller.js';
import { aboutNobody } from '../observers/cds-hooks-case.js';
import { defineProbe } from '../probe.js';

/** Calls of a service with tokens it has to refuse, about somebody who exists nowhere. */
export default defineProbe({
  id: 'card-caller-trials',
  phase: 'negative',
  subjects: 'run',
  when: (_, { contract }) => showsCards(contract),
  needs: ['ai'],
  writes: 'none',
  brings: ['cds-caller-trials'],
  sends: (_, documents) => [
    ...askingTemplates(documents),
    ...(documents.organization.aiSystem?.cdsHooks === undefined ||
    documents.organization.limits?.authNegativeTests !== true
      ? []
      : cdsHooksTemplates({ discoveries: 0, calls: 2 * callerFaults.length + 1, feedbacks: 0 })),
  ],
  async run(_, tools) {
    const { cdsHooks, organization } = tools;
    const cds = organization.aiSystem?.cdsHooks;
    if (cdsHooks === undefined || cds === undefined) return { 'cds-caller-trials': noService };
    const caller = await cdsHooks.caller();
    if (caller === undefined)
      return { 'cds-caller-trials': missing('no-credential', 'aiSystem.cdsHooks names no test key') };
    if (organization.limits?.authNegativeTests !== true)
      return { 'cds-caller-trials': missing('prerequisite-failed', 'limits.authNegativeTests is not agreed') };
    const { services } = await askServices(tools, cdsHooks);
    const asked = services.find(({ cases }) => cases.length > 0);
    const told = asked?.telling ?? asked?.cases[0];
    if (asked === undefined || told === undefined)
      return { 'cds-caller-trials': missing('prerequisite-failed', 'no service could be called') };
    const { service } = asked;
    const about = {
      ...aboutNobody(told, () => `nobody-${randomUUID().slice(0, 13)}`),
      namesEhr: true,
    };
    const audience = [cdsHooks.audience(service)];
    // Without an agreed tenant a service has nothing to compare another one with.
    const faults = callerFaults.filter((fault) => fault !== 'other-tenant' || caller.tenant !== undefined);
    const keySet = await openForeignKeySet(cds.base, caller.algorithm);
    let used = '';
    const good = async () => {
      used = await callerToken(caller, audience);
      const { status } = await cdsHooks.call(service, about, { token: used });
      return { status, usableToken: status === 200 };
    };
    const bad = (fault: (typeof faults)[number]) => async () => {
      const token = await faultyCallerToken(fault, caller, audience, { used, keySet });
      const { status, read } = await cdsHooks.call(service, about, { token: token ?? null });
      return { fault, status, accepted: status === 200 && !read.faults.includes('no-answer-object') };
    };
    try {
      const trials = await tools.negativeCalls(faults.map(bad), good, 'the test key of aiSystem.cdsHooks');
      return {
        'cds-caller-trials': {
          service: service.id,
          trials,
          notTried: faults.slice(trials.length),
          foreignKeySetFetched: trials.some(({ fault }) => fault === 'foreign-key-set') ? keySet.fetched() : null,
        },
      };
    } finally {
      await keySet.close();
    }
  },
});
