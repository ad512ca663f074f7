import { hasScreens } from '../../model/product-screens.js';
import { missing } from '../../model/fact.js';
import { agreedIdleMs, appSignIns, keptSession } from '../left-session.js';
import { launchPlayerContext, launchPlayerTemplate } from '../observers/launch-player.js';
import { personTemplates } from '../person.js';
import { defineProbe } from '../probe.js';

/** A product may look after its sessions once in a while only. */
const leastMarginMs = 2_000;
const marginShare = 0.1;
/** Longer than this a run is not made to last for it. */
const longestWaitMs = 30_000;

/** At the end of the run: whether the session that was left alone at its beginning is still there. */
export default defineProbe({
  id: 'idle-session',
  phase: 'settle',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['idle-session'],
  sends: (_subject, documents) =>
    documents.organization.aiSystem?.launchUrl === undefined ||
    documents.environmentClass !== 'simulator' ||
    agreedIdleMs(documents) === undefined
      ? []
      : [launchPlayerTemplate(2, 2), ...personTemplates(launchPlayerContext, 1)],
  async run(_subject, tools) {
    const agreedMs = agreedIdleMs(tools);
    const left = await keptSession(tools);
    if (agreedMs === undefined || left === undefined)
      return { 'idle-session': missing('prerequisite-failed', 'no session was left alone') };
    const wantedMs = agreedMs + Math.max(leastMarginMs, agreedMs * marginShare);
    const restMs = left.leftAtMs + wantedMs - tools.now().getTime();
    if (restMs > longestWaitMs)
      return { 'idle-session': missing('not-yet', 'the run was shorter than a session may be left alone') };
    if (restMs > 0) await tools.pause(restMs);
    const app = await appSignIns(tools);
    if (app === undefined)
      return { 'idle-session': missing('no-credential', 'the tool can sign nobody in on the pages of the EHR') };
    const { player, shows, signIn } = app;
    const idleSeconds = Math.round((tools.now().getTime() - left.leftAtMs) / 1_000);
    const answer = await player.newBrowser(left.cookies).ask(left.page);
    const fault = answer === undefined || answer.status >= 500 || answer.status === 429;
    const state = shows(answer) ? 'alive' : fault ? 'fault' : 'ended';
    const again = await signIn();
    const opensAgain = again !== undefined && shows(await again.browser.ask(again.page));
    return { 'idle-session': { agreedSeconds: agreedMs / 1_000, idleSeconds, state, opensAgain } };
  },
});
