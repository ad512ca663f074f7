import type { Bundle, Resource, Subscription } from 'fhir/r4.js';
import type { Deliver, Notification } from './deviation.js';
import type { Access, AccessEvent, StoreChange } from './exchange.js';
import type { Store } from './fhir/store.js';
import {
  criteriaNotification,
  eventBundle,
  statusBundle,
  topicNotification,
  type CountedEvent,
} from './subscription-notification.js';
import { channelProblem, wishOf, type Wish } from './subscription-wish.js';

/** Subscriptions of one organization, rest-hook only: R4 by a search string, and R5 Backport by a topic. */
export interface Subscriptions {
  /** Takes note of who wrote a Subscription and brings a requested one into force. */
  observe(event: AccessEvent): void;
  /** Why a new one cannot be served; undefined when it can. */
  problemOf(subscription: Subscription, access: Access): string | undefined;
  /** Whose rights a Subscription has; `undefined` for one no client wrote. */
  ownerOf(id: string): string | undefined;
  /** `$status` and `$events` of a Subscription to a topic; undefined for any other. */
  operation(id: string, name: 'status' | 'events', query: URLSearchParams): Bundle | undefined;
  /** Resolves when every notification on its way was taken or given up. */
  idle(): Promise<void>;
  stop(): void;
}

interface Watched {
  readonly wish: Wish;
  readonly access: Access;
  /** Of a topic; a subscription that is in error counts on. */
  readonly events: CountedEvent[];
  /** The endpoint has taken its handshake, or needs none. */
  counting: boolean;
  delivering: boolean;
  lastSentMs: number;
  heartbeat?: NodeJS.Timeout;
}

const pausesMs = [0, 100, 400];
const mostActive = 100;
const mostWaiting = 1_000;
const mostEvents = 10_000;

/**
 * @param settings.base FHIR base, for the references in a notification
 * @param settings.problemOf why a criteria string cannot be watched, if so
 * @param settings.matches whether a stored resource meets a query on its type
 * @param settings.endpoints origins that may be notified besides loopback
 */
export function createSubscriptions(settings: {
  store: Store;
  base: string;
  now: () => Date;
  deliver: Deliver;
  endpoints: readonly string[];
  problemOf: (resourceType: string, query: string) => string | undefined;
  matches: (resource: Resource, query: string) => boolean;
}): Subscriptions {
  const { store, base, now, deliver, endpoints, problemOf, matches } = settings;
  const owners = new Map<string, Access>();
  const active = new Map<string, Watched>();
  const queues = new Map<string, { waiting: number; last: Promise<void> }>();
  const stopping = new AbortController();

  function stored(id: string): Subscription | undefined {
    return store.get('Subscription', id)?.resource as Subscription | undefined;
  }

  function setStatus(id: string, status: Subscription['status'], error?: string): void {
    const current = stored(id);
    if (!current || current.status === status) return;
    const { error: _past, ...rest } = current;
    store.transaction((writer) =>
      writer.update({ ...rest, status, ...(error === undefined ? {} : { error }) } as Resource),
    );
  }

  function activate(id: string, access: Access): void {
    const subscription = stored(id);
    if (!subscription || !['requested', 'active'].includes(subscription.status)) return;
    const asked = wishOf(subscription);
    const problem = problemWith(subscription, asked, access, id);
    const { events = [], counting = false } = active.get(id) ?? {};
    forget(id);
    if ('problem' in asked || problem !== undefined) return setStatus(id, 'error', problem);
    const byTopic = asked.topic !== undefined;
    const watched: Watched = {
      wish: asked,
      access,
      events,
      counting: counting || !byTopic,
      delivering: !byTopic,
      lastSentMs: performance.now(),
    };
    active.set(id, watched);
    if (byTopic) shakeHands(id, watched);
    else setStatus(id, 'active');
  }

  function problemWith(
    subscription: Subscription,
    asked: ReturnType<typeof wishOf>,
    access: Access,
    own?: string,
  ): string | undefined {
    if ('problem' in asked) return asked.problem;
    const unserved = channelProblem(subscription, endpoints);
    if (unserved !== undefined) return unserved;
    const { resourceType, query } = asked;
    if (!access.permits('r', resourceType)) return `no right to read ${resourceType || 'this type'}`;
    const full = active.size >= mostActive && !active.has(own ?? '');
    return problemOf(resourceType, query) ?? (full ? `more than ${mostActive} active subscriptions` : undefined);
  }

  function shakeHands(id: string, watched: Watched): void {
    send(id, watched, 'handshake', undefined, () => {
      watched.counting = true;
      watched.delivering = true;
      setStatus(id, 'active');
      const { heartbeatMs } = watched.wish;
      if (heartbeatMs === undefined) return;
      watched.heartbeat = setInterval(() => {
        const silent = performance.now() - watched.lastSentMs >= heartbeatMs / 2;
        if (silent && watched.delivering) send(id, watched, 'heartbeat');
      }, heartbeatMs).unref();
    });
  }

  function send(
    id: string,
    watched: Watched,
    kind: Notification['kind'],
    event?: CountedEvent,
    taken: () => void = () => undefined,
  ): void {
    watched.lastSentMs = performance.now();
    enqueue(
      id,
      () => {
        const subscription = stored(id);
        return subscription && topicNotification({ subscription, ...watched }, kind, base, event);
      },
      taken,
    );
  }

  /** @param compose undefined when there is nothing left to send it for */
  function enqueue(id: string, compose: () => Notification | undefined, taken: () => void = () => undefined): void {
    const queue = queues.get(id) ?? { waiting: 0, last: Promise.resolve() };
    queues.set(id, queue);
    if (queue.waiting >= mostWaiting) return giveUp(id, 'the endpoint is too slow');
    queue.waiting += 1;
    queue.last = queue.last.then(async () => {
      const notification = compose();
      if (notification !== undefined && wanted(id, notification)) {
        if (await delivered(id, notification)) taken();
        else giveUp(id, 'the endpoint did not take a notification');
      }
      queue.waiting -= 1;
      if (queue.waiting === 0) queues.delete(id);
    });
  }

  function wanted(id: string, { kind }: Notification): boolean {
    const watched = active.get(id);
    return !stopping.signal.aborted && watched !== undefined && (watched.delivering || kind === 'handshake');
  }

  /** Also true when nobody waits for it any more. */
  async function delivered(id: string, notification: Notification): Promise<boolean> {
    for (const pauseMs of pausesMs) {
      await pause(pauseMs, stopping.signal);
      if (!wanted(id, notification)) return true;
      if (await deliver(notification).catch(() => false)) return true;
    }
    return stopping.signal.aborted;
  }

  /** A topic counts on without telling, so that the subscriber can see how much it has missed. */
  function giveUp(id: string, reason: string): void {
    const watched = active.get(id);
    if (watched?.counting === true && watched.wish.topic !== undefined) {
      watched.delivering = false;
      clearInterval(watched.heartbeat);
    } else forget(id);
    setStatus(id, 'error', reason);
  }

  function forget(id: string): void {
    clearInterval(active.get(id)?.heartbeat);
    active.delete(id);
  }

  const stopListening = store.onCommit((change: StoreChange) => {
    if (change.resourceType === 'Subscription') {
      const status = (change.current as Subscription | undefined)?.status;
      if (status === undefined || status === 'off') forget(change.id);
    }
    if (change.current === undefined) return;
    for (const [id, watched] of active) {
      if (watched.wish.resourceType === change.resourceType) notice(id, watched, change.previous, change.current);
    }
  });

  function notice(id: string, watched: Watched, previous: Resource | undefined, current: Resource): void {
    const { access, wish, events, counting } = watched;
    const subscription = stored(id);
    if (subscription === undefined) return;
    if (subscription.end !== undefined && Date.parse(subscription.end) <= now().getTime()) {
      forget(id);
      setStatus(id, 'off');
      return;
    }
    if (!counting || wish.topic?.happened(previous, current) === false) return;
    if (!access.permits('r', current.resourceType, current) || !matches(current, wish.query)) return;
    if (wish.topic === undefined) return enqueue(id, () => criteriaNotification(subscription, current));
    if (events.length >= mostEvents) return giveUp(id, `more than ${mostEvents} events`);
    const event = { number: events.length + 1, at: now().toISOString(), resource: current };
    events.push(event);
    if (watched.delivering) send(id, watched, 'event', event);
  }

  return {
    observe(event) {
      const { interaction, resourceType, resourceId: id, access, status } = event;
      if (resourceType !== 'Subscription' || id === undefined || access === null || status >= 300) return;
      if (!['create', 'update', 'patch'].includes(interaction)) return;
      owners.set(id, access);
      // The record may be written before its transaction is committed.
      queueMicrotask(() => activate(id, access));
    },
    problemOf: (subscription, access) => problemWith(subscription, wishOf(subscription), access),
    ownerOf: (id) => owners.get(id)?.clientId,
    operation(id, name, query) {
      const subscription = stored(id);
      const watched = active.get(id);
      if (subscription === undefined || watched?.wish.topic === undefined) return undefined;
      const state = { subscription, ...watched };
      if (name === 'status') return statusBundle(state, base);
      const bound = (parameter: string, otherwise: number): number => Number(query.get(parameter) ?? otherwise);
      const [since, until] = [bound('eventsSinceNumber', 1), bound('eventsUntilNumber', mostEvents)];
      const asked = watched.events.filter(({ number }) => number >= since && number <= until);
      return eventBundle(state, 'query-event', asked, base);
    },
    idle: async () => void (await Promise.all([...queues.values()].map((queue) => queue.last))),
    stop() {
      stopListening();
      stopping.abort();
      for (const id of active.keys()) forget(id);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
