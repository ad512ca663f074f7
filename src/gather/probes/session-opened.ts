import { hasScreens } from '../../model/product-screens.js';
import { missing } from '../../model/fact.js';
import { agreedIdleMs, appSignIns, keepSession } from '../left-session.js';
import { launchPlayerContext, launchPlayerTemplate } from '../observers/launch-player.js';
import { personTemplates } from '../person.js';
import { defineProbe } from '../probe.js';

/** Signs a test user in to the app and leaves the session alone from then on. */
export default defineProbe({
  id: 'session-opened',
  phase: 'read',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['session-opened'],
  sends: (_subject, documents) =>
    documents.organization.aiSystem?.launchUrl === undefined ||
    documents.environmentClass !== 'simulator' ||
    agreedIdleMs(documents) === undefined
      ? []
      : [launchPlayerTemplate(4, 3), ...personTemplates(launchPlayerContext, 2)],
  async run(_subject, tools) {
    const agreedMs = agreedIdleMs(tools);
    if (agreedMs === undefined)
      return { 'session-opened': missing('undecided', 'no statement session-timeout says after how long (idleAfter)') };
    if (tools.launchPlayer === undefined)
      return { 'session-opened': missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file') };
    const app = await appSignIns(tools);
    if (app === undefined)
      return { 'session-opened': missing('no-credential', 'the tool can sign nobody in on the pages of the EHR') };
    const { player, shows, signIn } = app;
    const first = await signIn();
    if (first === undefined)
      return { 'session-opened': missing('control-failed', 'a right launch and sign-in led nowhere') };
    const { browser, page } = first;
    const shown = shows(await browser.ask(page)) && !shows(await player.newBrowser().ask(page));
    const second = await signIn();
    const besideAnother = second !== undefined && shows(await browser.ask(page));
    await keepSession(tools, { cookies: browser.cookies, page, leftAtMs: tools.now().getTime() });
    return { 'session-opened': { agreedSeconds: agreedMs / 1_000, shown, besideAnother } };
  },
});
