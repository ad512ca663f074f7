import type { Extension, Subscription } from 'fhir/r4.js';
import type { FactValue } from '../../model/fact.js';
import { causableEvent, causedEventTemplates, causeEvent } from '../caused-event.js';
import {
  endSubscription,
  makeSubscription,
  patienceMs,
  noChannel,
  payloadOf,
  settledSubscription,
  subscriptionBody,
  subscriptionTemplates,
  topicStyle,
  readyToSubscribe,
  withInbox,
  type MadeSubscription,
  type SubscriptionWish,
} from '../event-subscription.js';
import type { Inbox } from '../notification-inbox.js';
import { defineProbe, type ProbeTools } from '../probe.js';

type Trial = FactValue<'subscription-trial'>;
type Rejection = NonNullable<Trial['plainHttp']>;

/** The good one, the two that should be refused, and a good one after them. */
const mostSubscriptions = 4;
const unknownParameter = 'ehr-scorecard-unknown';
/** No name of this kind leads anywhere (RFC 2606). */
const plainHttpEndpoint = 'http://ehr-scorecard.invalid/notifications';
/** A second notification of the same event is waited for so long. */
const echoMs = 250;

/** A Subscription to the event the workflow starts with: handshake, one caused event, and what has to be refused. */
export default defineProbe({
  id: 'event-subscription',
  phase: 'write',
  subjects: 'trigger',
  when: ({ item }) => item.channel?.kind === 'subscription',
  needs: ['ai'],
  writes: 'one',
  brings: ['subscription-trial'],
  sends: ({ item }, documents) => {
    const event = causableEvent(documents, item.trigger);
    return event === undefined ? [] : [...subscriptionTemplates(mostSubscriptions), ...causedEventTemplates(event, 1)];
  },
  async run({ item: { trigger, channel = noChannel } }, tools) {
    const ready = await readyToSubscribe(tools, trigger, channel);
    if ('missing' in ready) return { 'subscription-trial': ready };
    const { event, patient } = ready;
    return {
      'subscription-trial': await withInbox(tools, channel, async (inbox) => {
        const wish = { channel, event, patients: [patient], endpoint: inbox.endpoint, header: inbox.header };
        const made = await makeSubscription(tools, subscriptionBody(wish, tools.now()));
        const end = new Ending(tools, made.id);
        try {
          const trial = await goodOne(tools, inbox, wish, made, end);
          const known = made.status < 300;
          return {
            ...trial,
            unsupportedFilter: known ? await withUnknownFilter(tools, wish) : null,
            plainHttp: known ? await overPlainHttp(tools, wish) : null,
            // Taking away the good one is a request that has to be accepted, too; where nobody may, another is made.
            controlAccepted: known ? (await end.now()) || (await acceptedAgain(tools, wish)) : null,
            arrived: inbox.heard.length + inbox.withoutHeader,
            withoutHeader: inbox.withoutHeader,
          };
        } finally {
          await end.now();
        }
      }),
    };
  },
});

async function goodOne(
  tools: ProbeTools,
  inbox: Inbox,
  wish: SubscriptionWish,
  made: MadeSubscription,
  end: Ending,
): Promise<Omit<Trial, 'unsupportedFilter' | 'plainHttp' | 'controlAccepted' | 'arrived' | 'withoutHeader'>> {
  const current = made.id === undefined ? undefined : await settledSubscription(tools, made.id, ['active', 'error']);
  end.last = current;
  const byTopic = topicStyle(wish.channel);
  const shaken = (): boolean => inbox.heard.some(({ kind }) => kind === 'handshake');
  if (byTopic && current?.status === 'active') await inbox.until(shaken, patienceMs(tools.environmentClass));
  return {
    style: wish.channel.style ?? 'r4-rest-hook',
    payload: payloadOf(wish.channel),
    simulator: tools.environmentClass === 'simulator',
    created: { status: made.status, state: stateOf(made.stored) },
    settled: stateOf(current),
    storedPayload: storedPayload(current),
    sameMachine: inbox.sameMachine,
    handshake: byTopic ? shaken() : null,
    event: current?.status === 'active' ? await oneEvent(tools, inbox, wish) : null,
  };
}

/** Takes a Subscription away once, whoever asks first. */
class Ending {
  last: Subscription | undefined;
  readonly #tools: ProbeTools;
  readonly #id: string | undefined;
  #ended: Promise<boolean> | undefined;

  constructor(tools: ProbeTools, id: string | undefined) {
    this.#tools = tools;
    this.#id = id;
  }

  now(): Promise<boolean> {
    return (this.#ended ??= endSubscription(this.#tools, this.#id, this.last));
  }
}

async function oneEvent(
  tools: ProbeTools,
  inbox: Inbox,
  { event, patients: [patient] }: SubscriptionWish,
): Promise<Trial['event']> {
  if (patient === undefined) return null;
  const countedBefore = inbox.heard.findLast(({ eventsSinceStart }) => eventsSinceStart !== undefined);
  const before = inbox.heard.length;
  const reference = await causeEvent(tools, event, patient);
  const notices = () => inbox.heard.slice(before).filter(({ kind }) => kind === 'event');
  await inbox.until(() => notices().length > 0, patienceMs(tools.environmentClass));
  await inbox.until(() => notices().length > 1, echoMs);
  const [first] = notices();
  return {
    times: notices().length,
    countedBefore: countedBefore?.eventsSinceStart ?? null,
    number: first?.events[0]?.number ?? null,
    focus: focusOf(first?.named ?? [], reference),
    timed: first?.events[0]?.timed === true,
    content: notices().some(({ content }) => content),
  };
}

function focusOf(named: readonly string[], reference: string): NonNullable<Trial['event']>['focus'] {
  if (named.length === 0) return 'none';
  return named.every((each) => each === reference) ? 'changed' : 'other';
}

const withUnknownFilter = (tools: ProbeTools, wish: SubscriptionWish): Promise<Rejection> =>
  trialOf(
    tools,
    subscriptionBody({ ...wish, extraFilter: `${unknownParameter}=1` }, tools.now()),
    (stored) => !JSON.stringify(stored).includes(unknownParameter),
  );

const overPlainHttp = (tools: ProbeTools, wish: SubscriptionWish): Promise<Rejection> =>
  trialOf(
    tools,
    subscriptionBody({ ...wish, endpoint: plainHttpEndpoint }, tools.now()),
    ({ channel }) => channel?.endpoint !== plainHttpEndpoint,
  );

/** @param lacks whether the part in question is not in what was stored */
async function trialOf(
  tools: ProbeTools,
  body: Subscription,
  lacks: (stored: Subscription) => boolean,
): Promise<Rejection> {
  const { status, id } = await makeSubscription(tools, body, true);
  if (id === undefined) return { status, outcome: 'refused' };
  let last: Subscription | undefined;
  try {
    const settled = await settledSubscription(tools, id, ['active', 'error', 'off']);
    last = settled;
    const refused = settled === undefined || settled.status === 'error' || settled.status === 'off';
    if (refused) return { status, outcome: 'error' };
    return { status, outcome: lacks(settled) ? 'changed' : 'kept' };
  } finally {
    await endSubscription(tools, id, last);
  }
}

async function acceptedAgain(tools: ProbeTools, wish: SubscriptionWish): Promise<boolean> {
  const { id } = await makeSubscription(tools, subscriptionBody(wish, tools.now()));
  await endSubscription(tools, id);
  return id !== undefined;
}

const states = ['requested', 'active', 'error', 'off'] as const;
const stateOf = (subscription: Subscription | undefined): Trial['settled'] =>
  states.find((each) => each === subscription?.status) ?? null;

const contents = ['empty', 'id-only', 'full-resource'] as const;

function storedPayload(subscription: Subscription | undefined): Trial['storedPayload'] {
  const channel = subscription?.channel as { _payload?: { extension?: unknown } } | undefined;
  const extensions = channel?._payload?.extension;
  const content = (Array.isArray(extensions) ? (extensions as Extension[]) : []).find((each) =>
    each?.url?.endsWith('/backport-payload-content'),
  );
  return contents.find((each) => each === content?.valueCode) ?? null;
}
