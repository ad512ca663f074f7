import type { Resource, Subscription } from 'fhir/r4.js';
import type { Deliver, Notification } from './deviation.js';
import type { Access, AccessEvent, StoreChange } from './exchange.js';
import type { Store } from './fhir/store.js';

/** R4 Subscriptions of one organization, rest-hook only. https://hl7.org/fhir/R4/subscription.html */
export interface Subscriptions {
  /** Takes note of who wrote a Subscription and brings a requested one into force. */
  observe(event: AccessEvent): void;
  /** Whose rights a Subscription has; `undefined` for one no client wrote. */
  ownerOf(id: string): string | undefined;
  /** Resolves when every notification on its way was taken or given up. */
  idle(): Promise<void>;
  stop(): void;
}

interface ActiveSubscription {
  readonly subscription: Subscription;
  readonly resourceType: string;
  readonly query: string;
  readonly access: Access;
}

const pausesMs = [0, 200, 1_000];
const mostActive = 100;
const mostWaiting = 1_000;
const connectionHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'content-type']);

/**
 * @param settings.problemOf why a criteria string cannot be watched, if so
 * @param settings.matches whether a stored resource meets a query on its type
 * @param settings.endpoints origins that may be notified besides loopback
 */
export function createSubscriptions(settings: {
  store: Store;
  now: () => Date;
  deliver: Deliver;
  endpoints: readonly string[];
  problemOf: (resourceType: string, query: string) => string | undefined;
  matches: (resource: Resource, query: string) => boolean;
}): Subscriptions {
  const { store, now, deliver, endpoints, problemOf, matches } = settings;
  const owners = new Map<string, Access>();
  const active = new Map<string, ActiveSubscription>();
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
    const [resourceType, query] = splitOnce(subscription.criteria, '?');
    const fault =
      channelProblem(subscription, endpoints) ??
      (access.permits('r', resourceType)
        ? problemOf(resourceType, query)
        : `no right to read ${resourceType || 'this type'}`) ??
      (active.size >= mostActive && !active.has(id) ? `more than ${mostActive} active subscriptions` : undefined);
    if (fault === undefined) {
      active.set(id, { subscription, resourceType, query, access });
      setStatus(id, 'active');
    } else {
      active.delete(id);
      setStatus(id, 'error', fault);
    }
  }

  function enqueue(id: string, notification: Notification): void {
    const queue = queues.get(id) ?? { waiting: 0, last: Promise.resolve() };
    queues.set(id, queue);
    if (queue.waiting >= mostWaiting) return giveUp(id, 'the endpoint is too slow');
    queue.waiting += 1;
    queue.last = queue.last.then(async () => {
      if (!(await delivered(id, notification))) giveUp(id, 'the endpoint did not take a notification');
      queue.waiting -= 1;
      if (queue.waiting === 0) queues.delete(id);
    });
  }

  /** Also true when nobody waits for it any more. */
  async function delivered(id: string, notification: Notification): Promise<boolean> {
    for (const pauseMs of pausesMs) {
      await pause(pauseMs, stopping.signal);
      if (stopping.signal.aborted || !active.has(id)) return true;
      if (await deliver(notification).catch(() => false)) return true;
    }
    return stopping.signal.aborted;
  }

  function giveUp(id: string, reason: string): void {
    active.delete(id);
    setStatus(id, 'error', reason);
  }

  const stopListening = store.onCommit((change: StoreChange) => {
    if (change.resourceType === 'Subscription') {
      const status = (change.current as Subscription | undefined)?.status;
      if (status === undefined || status === 'off' || status === 'error') active.delete(change.id);
    }
    if (change.current === undefined) return;
    for (const [id, { subscription, resourceType, query, access }] of active) {
      if (resourceType !== change.resourceType) continue;
      if (subscription.end !== undefined && Date.parse(subscription.end) <= now().getTime()) {
        active.delete(id);
        setStatus(id, 'off');
      } else if (access.permits('r', resourceType, change.current) && matches(change.current, query)) {
        enqueue(id, notificationOf(subscription, change.current));
      }
    }
  });

  return {
    observe(event) {
      const { interaction, resourceType, resourceId: id, access, status } = event;
      if (resourceType !== 'Subscription' || id === undefined || access === null || status >= 300) return;
      if (!['create', 'update', 'patch'].includes(interaction)) return;
      owners.set(id, access);
      // The record may be written before its transaction is committed.
      queueMicrotask(() => activate(id, access));
    },
    ownerOf: (id) => owners.get(id)?.clientId,
    idle: async () => void (await Promise.all([...queues.values()].map((queue) => queue.last))),
    stop() {
      stopListening();
      stopping.abort();
      active.clear();
    },
  };
}

function channelProblem({ channel, end }: Subscription, endpoints: readonly string[]): string | undefined {
  if (channel.type !== 'rest-hook') return `channel type ${channel.type} is not offered, only rest-hook`;
  if (channel.payload !== undefined && !/^application\/(fhir\+)?json\b/.test(channel.payload)) {
    return 'payload is offered as application/fhir+json or not at all';
  }
  if (end !== undefined && Number.isNaN(Date.parse(end))) return 'end is no instant';
  const endpoint = URL.canParse(channel.endpoint ?? '') ? new URL(channel.endpoint ?? '') : undefined;
  if (!endpoint || !['http:', 'https:'].includes(endpoint.protocol)) return 'endpoint is no http or https URL';
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(endpoint.hostname) && !endpoints.includes(endpoint.origin)) {
    return 'endpoint is neither on loopback nor listed';
  }
  return headersOf(channel.header) === undefined ? 'a header is not of the form "Name: value"' : undefined;
}

/** Without a payload a POST with no body; with one an update of the resource at the endpoint. */
function notificationOf(subscription: Subscription, resource: Resource): Notification {
  const { endpoint = '', header, payload } = subscription.channel;
  const base = { subscription, resource };
  const headers = headersOf(header) ?? {};
  return payload === undefined
    ? { ...base, method: 'POST', url: endpoint, headers, body: '' }
    : {
        ...base,
        method: 'PUT',
        url: `${endpoint.replace(/\/$/, '')}/${resource.resourceType}/${resource.id}`,
        headers: { ...headers, 'content-type': 'application/fhir+json' },
        body: JSON.stringify(resource),
      };
}

function headersOf(lines: readonly string[] = []): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^([\w-]{1,100}): ?([\t\x20-\x7e]{0,8192})$/.exec(line) ?? [];
    if (name === undefined || value === undefined || connectionHeaders.has(name.toLowerCase())) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
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
