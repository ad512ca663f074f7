import { parseDurationMs } from '../../model/documents/duration.js';
import type { Channel } from '../../model/documents/organization.js';
import { missing } from '../../model/fact.js';
import { defineProbe, type RunDocuments } from '../probe.js';

const dayMinutes = 24 * 60;

/** What the documents say about the way an event of the EHR reaches the product. */
export default defineProbe({
  id: 'declared-channel',
  phase: 'static',
  subjects: 'trigger',
  when: ({ item }) => item.trigger.kind === 'ehr-event' && item.channel !== undefined,
  needs: [],
  writes: 'none',
  brings: ['channel-demand', 'channel-evidence'],
  sends: () => [],
  run({ item: { trigger, channel } }, { contract, organization }) {
    const budgets = (contract.latency ?? [])
      .filter((entry) => entry.trigger === trigger.id && entry.from === 'ehr-event')
      .flatMap(({ budget }) => (budget === undefined ? [] : [parseDurationMs(budget)]))
      .filter((budgetMs) => budgetMs > 0);
    const everyMs = channel?.every === undefined ? 0 : parseDurationMs(channel.every);
    const evidence = channel?.evidence ?? [];
    return Promise.resolve({
      'channel-demand': {
        budgetMs: budgets.length === 0 ? null : Math.min(...budgets),
        everyMs: everyMs > 0 ? everyMs : null,
        requestsPerSecond: allowance(organization.limits, channel?.hours),
      },
      'channel-evidence':
        evidence.length === 0
          ? missing('undecided', 'the organization file links no evidence for this channel')
          : { graded: evidence.map(({ expires }) => expires ?? null), grade: 'attested' as const },
    });
  },
});

// The tighter of the agreed pace and the agreed number a day, spread over the hours in which the poll runs.
function allowance(limits: RunDocuments['organization']['limits'], hours: Channel['hours']): number | null {
  const perDay = limits?.perDay === undefined ? undefined : limits.perDay / (minutesOf(hours) * 60);
  const known = [limits?.requestsPerSecond, perDay].filter((each) => each !== undefined && each > 0) as number[];
  return known.length === 0 ? null : Math.min(...known);
}

function minutesOf(hours: Channel['hours']): number {
  const [from, to] = (hours ?? []).map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 60 + minute;
  });
  if (from === undefined || to === undefined || from === to) return dayMinutes;
  return (to - from + dayMinutes) % dayMinutes;
}
