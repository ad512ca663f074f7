import type { Missing } from '../../model/fact.js';
import type { LatencySeries } from '../../model/latency-series.js';
import type { ProbeTools } from '../probe.js';
import type { ScreenPerson } from '../screen-person.js';
import { EventLooks, type ChangedObject } from './event-looks.js';
import { FollowedEvents, type Lanes } from './followed-events.js';
import { mostPrompts, mostSearchMs, type ObservedPlan } from './observed-plan.js';
import { pauseFor } from './watch.js';

const jitter = 0.2;
/** Nobody reads, clicks and presses Enter in less: the key was pressed twice. */
const quickestActMs = 300;

/**
 * A person at the EHR's screen makes the events, one after the other, and says when: each happened between the printed
 * "ready" and Enter. What it was is read from the EHR, where exactly one change may be new; the person is told no times, so
 * that nobody stops when they look good. Writes nothing.
 */
export async function observeByHand(
  plan: ObservedPlan,
  events: number,
  person: ScreenPerson,
  tools: ProbeTools,
  lanes: Lanes,
): Promise<LatencySeries | Missing> {
  const { signal } = tools;
  const looks = new EventLooks(plan, tools, lanes.ehr);
  const followed = new FollowedEvents(plan, tools, lanes);
  for (let prompt = 0; followed.count < events && prompt < mostPrompts(events); prompt++) {
    person.say('');
    person.say(
      `${followed.count + 1} of ${events}, for ${plan.subject.replace('budget:', '')}: ${taskOf(plan, tools)}`,
    );
    person.say('Press Enter when only the last click is left. Ctrl-D ends, and what was measured counts.');
    if (!(await person.enter(signal))) break;
    const isKnown = (await looks.look(0, true)) !== undefined;
    const readyMs = performance.now();
    if (isKnown) person.say('ready: click now, then press Enter at once.');
    if (isKnown && !(await person.enter(signal))) break;
    const enterMs = performance.now();
    const early = enterMs - readyMs < quickestActMs;
    const found = isKnown && !early ? await search(plan, looks, readyMs, tools) : [];
    followed.throwIfFailed();
    const [object] = found;
    if (object !== undefined && found.length === 1) {
      followed.follow({ object, earliestMs: readyMs, latestMs: enterMs });
      person.say('seen');
      continue;
    }
    followed.leaveOut();
    if (!isKnown) person.say('not counted: the EHR does not answer the search for changes.');
    else if (early) person.say('not counted: Enter came before anybody could have clicked.');
    else if (object === undefined) person.say('not counted: no such change is seen in the EHR.');
    else person.say(`not counted: ${found.length} such changes are seen, which cannot be told apart.`);
  }
  signal.throwIfAborted();
  return followed.series('manual');
}

/** What the person is asked to do, with nothing of a patient but the alias. */
function taskOf({ event: { type, state } }: ObservedPlan, { organization }: Pick<ProbeTools, 'organization'>): string {
  const aliases = (organization.testData?.patients ?? []).map(({ alias }) => alias).join(', ');
  const change = state === undefined ? `changes a ${type}` : `makes a ${type} "${state}"`;
  return `prepare on the screen of the EHR what ${change}, for one of the test patients (${aliases}).`;
}

/** The changes since "ready", as soon as any is seen. */
async function search(
  { pollMs, target }: ObservedPlan,
  looks: EventLooks,
  readyMs: number,
  { signal, random }: Pick<ProbeTools, 'signal' | 'random'>,
): Promise<readonly ChangedObject[]> {
  const startMs = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const seen = await looks.look(performance.now() - readyMs, false);
    if (seen !== undefined && seen.objects.length > 0) return seen.objects;
    if (performance.now() - startMs > mostSearchMs(target.budgetMs)) return [];
    await pauseFor(pollMs * (1 - jitter + 2 * jitter * random()), signal);
  }
}
