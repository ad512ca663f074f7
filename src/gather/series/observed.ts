import type { Missing } from '../../model/fact.js';
import { noAnswerAfterBudgets, type LatencySeries } from '../../model/latency-series.js';
import type { ProbeTools } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { EventLooks, eventLookTemplates } from './event-looks.js';
import { answerTemplates, FollowedEvents, type Lanes } from './followed-events.js';
import type { ObservedPlan } from './observed-plan.js';
import { pauseFor } from './watch.js';

const jitter = 0.2;

export const observedTemplates = (plan: ObservedPlan): RequestTemplate[] => [
  ...eventLookTemplates(plan),
  ...answerTemplates(plan),
];

/** Waits for events of others on listed test patients, and for what the AI system makes of each; writes nothing. */
export async function observeOthers(
  plan: ObservedPlan,
  forMs: number,
  tools: ProbeTools,
  lanes: Lanes,
): Promise<LatencySeries | Missing> {
  const { signal, random } = tools;
  const { pollMs, most } = plan;
  const looks = new EventLooks(plan, tools, lanes.ehr);
  const followed = new FollowedEvents(plan, tools, lanes);
  const startMs = performance.now();
  let lastCompleteMs: number | undefined;
  while (performance.now() - startMs < forMs && followed.count < most.events) {
    signal.throwIfAborted();
    followed.throwIfFailed();
    const seen = await looks.look(noAnswerAfterBudgets * pollMs, lastCompleteMs === undefined);
    if (seen !== undefined) {
      const earliestMs = lastCompleteMs;
      // What was there before the first look is no event.
      if (earliestMs !== undefined) {
        for (const object of seen.objects) followed.follow({ object, earliestMs, latestMs: seen.receivedAtMs });
      }
      lastCompleteMs = seen.sentAtMs;
    }
    await pauseFor(pollMs * (1 - jitter + 2 * jitter * random()), signal);
  }
  return followed.series('observed', pollMs);
}
