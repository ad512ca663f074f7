import { defineCheck } from '../../src/check.js';

/** A budget leaves time for the answer: a change must be noticed within this part of it. */
const partOfBudget = 5;
const percent = (share: number): number => Math.round(share * 1000) / 10;

export default defineCheck({
  id: 'event.channel',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The EHR really tells about the event the workflow starts with',
  failureTitle: 'Nothing tells the product that the event has happened',
  plain: 'The AI hears of the change in the record in time to act on it.',
  why: 'Many plans say "when the visit ends" and rest on a feed nobody has switched on, or on a poll the EHR would never permit at that pace.',
  sends:
    'Compares the channel the organization declares with the capability statement; for a poll, computes its share of the agreed request limits and asks the search once.',
  ask: {
    of: 'ehr-team',
    text: 'Change a visit on the test system and show us the notice that goes out: by which channel, how long after the change, and what limits apply.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'high',
      text: 'Switch on a subscription or feed for this event, and link the evidence in the organization file.',
    },
    {
      owner: 'product-owner',
      effort: 'medium',
      text: 'Widen the budget of the answer, or agree on a higher limit for a poll by _lastUpdated.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/subscription.html',
    'https://hl7.org/fhir/uv/subscriptions-backport/',
    'https://hl7.org/fhir/R4/search.html#lastUpdated',
  ],
  writes: 'none',
  subjects: 'trigger',
  when: ({ item }) => item.trigger.kind === 'ehr-event',
  ifNone: 'not-applicable',
  reads: ['capability-statement'],
  optional: ['channel-demand', 'channel-evidence', 'poll-search'],
  messages: {
    'no-channel': { kind: 'undecided', text: 'Nobody has said how this event reaches the product.' },
    'no-subscription': {
      kind: 'proof',
      text: 'A subscription ({style}) is declared, and the EHR’s statement offers none.',
    },
    'no-statement': { kind: 'control', text: 'The EHR gave no capability statement ({status}) that could show it.' },
    'not-evidenced': {
      kind: 'undecided',
      text: 'The channel ({channel}) is declared and no evidence is linked for it.',
    },
    'evidence-expired': { kind: 'limit', text: 'The evidence for the channel ({channel}) has expired.' },
    'no-budget': { kind: 'undecided', text: 'No budget starts with this event, so a pace for the poll is unknown.' },
    'no-limits': { kind: 'undecided', text: 'The organization states no request limits a poll could be held against.' },
    'poll-too-slow': {
      kind: 'proof',
      text: 'A poll every {everySeconds} s cannot meet a budget of {budgetSeconds} s; it takes one every {neededSeconds} s.',
    },
    'poll-over-limit': {
      kind: 'proof',
      text: 'A poll every {periodSeconds} s takes {sharePercent} % of the requests the organization permits.',
    },
    'poll-heavy': {
      kind: 'limit',
      text: 'A poll every {periodSeconds} s takes {sharePercent} % of the requests the organization permits.',
    },
    'poll-refused': { kind: 'proof', text: 'The search of the poll is answered with {status} and no result.' },
    'poll-fails': {
      kind: 'availability',
      text: 'The search of the poll is answered with {status}, also when repeated.',
    },
    'poll-not-asked': { kind: 'control', text: 'The search of the poll could not be asked.' },
    'poll-lenient': { kind: 'limit', text: 'The search of the poll works only while parameters may be ignored.' },
  },
  evaluate: (facts, say, { item: { channel } }, { startedAt }) => {
    if (channel === undefined) {
      const whoDecides = { who: 'ehr-team', default: 'a subscription to the resource of the event' };
      return say.notMeasured('no-channel', 'undecided', whoDecides);
    }
    const { 'capability-statement': statement } = facts;
    if (channel.kind === 'subscription') {
      const style = channel.style ?? 'r4-rest-hook';
      const offered = statement.types.some(
        (each) => each.type === 'Subscription' && each.interactions.includes('create'),
      );
      if (offered && (style !== 'r5-backport' || statement.topicSubscriptions === true)) return say.pass({ style });
      if (facts['channel-evidence'] === undefined) {
        return statement.found
          ? say.fail('no-subscription', { style })
          : say.notMeasured('no-statement', 'prerequisite-failed', { status: statement.status });
      }
    }
    if (channel.kind !== 'poll') {
      const evidence = facts['channel-evidence'];
      const named = { channel: channel.kind };
      if (evidence === undefined) {
        const whoDecides = { who: 'ehr-team', default: 'link the agreement or the test of the feed' };
        return say.notMeasured('not-evidenced', 'undecided', { ...named, ...whoDecides });
      }
      return evidence.some((expires) => expires === null || expires >= startedAt.slice(0, 10))
        ? say.pass(named)
        : say.notMeasured('evidence-expired', 'expired', named);
    }

    const { 'channel-demand': demand, 'poll-search': search } = facts;
    if (demand === undefined || demand.budgetMs === null) {
      return say.notMeasured('no-budget', 'undecided', { who: 'product-owner', default: 'PT60S' });
    }
    const { budgetMs, everyMs, requestsPerSecond } = demand;
    const neededMs = budgetMs / partOfBudget;
    const periodMs = everyMs ?? neededMs;
    if (periodMs > neededMs) {
      const seconds = { budgetSeconds: budgetMs / 1000, neededSeconds: neededMs / 1000 };
      return say.fail('poll-too-slow', { everySeconds: periodMs / 1000, ...seconds });
    }
    if (requestsPerSecond === null) {
      return say.notMeasured('no-limits', 'undecided', { who: 'ehr-team', default: '1 request per second' });
    }
    const share = 1000 / periodMs / requestsPerSecond;
    const shown = { periodSeconds: periodMs / 1000, sharePercent: percent(share) };
    if (share > 0.8) return say.fail('poll-over-limit', shown);
    if (search === undefined) return say.notMeasured('poll-not-asked', 'prerequisite-failed');
    if (!search.searchset) {
      const { status } = search;
      return status >= 500 ? say.fail('poll-fails', { status }) : say.fail('poll-refused', { status });
    }
    if (search.refusedWhenStrict) return say.warn('poll-lenient');
    return share > 0.25 ? say.warn('poll-heavy', shown) : say.pass(shown);
  },
});
