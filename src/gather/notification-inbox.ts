import { randomBytes } from 'node:crypto';
import type { Resource } from 'fhir/r4.js';
import { parseJson } from '../fhir/json.js';
import { localReference, patientsOf } from '../fhir/reference.js';
import { readSubscriptionNotice, type NoticedEvent } from '../fhir/subscription-notice.js';
import type { Listener as DeclaredListener } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import { isMissing, type Missing } from '../model/fact.js';
import type { ListenerRequest } from '../wire/listener.js';
import { Arrivals } from './arrivals.js';
import { isSame, openPrivateListener } from './private-listener.js';

/** What is kept of one notification: ids and counts (safety rule 42). */
export interface Heard {
  readonly kind: 'handshake' | 'heartbeat' | 'event';
  /** Events it tells of; one without a number for a notification of plain R4. */
  readonly events: readonly NoticedEvent[];
  /** `Type/id` of everything it points at. */
  readonly named: readonly string[];
  readonly eventsSinceStart: number | undefined;
  /** A resource with content travelled in it. */
  readonly content: boolean;
  /** When its head arrived, on the monotonic clock. */
  readonly receivedAtMs: number;
  /** What it was answered. */
  readonly answered: number;
}

/** A listener for what the EHR sends to one probe. Closed by whoever opened it. */
export interface Inbox {
  /** Address for `Subscription.channel.endpoint`. */
  readonly endpoint: string;
  /** Line for `Subscription.channel.header`; without it a request is refused. */
  readonly header: string;
  /** The EHR runs on this machine: nothing but itself can stand between it and the listener. */
  readonly sameMachine: boolean;
  /** Everything with the right path and header so far, in the order of arrival. */
  readonly heard: readonly Heard[];
  /** Requests to the right path without the header; any other path counts nowhere. */
  readonly withoutHeader: number;
  /** Status event notifications and heartbeats are answered with from now on; 200 at first. */
  answer(status: number): void;
  /**
   * Resolves as soon as `test` holds, looked at again after each arrival; false after `withinMs`.
   * @throws SafetyStop when something about a patient outside the test data arrived
   */
  until(test: (heard: readonly Heard[]) => boolean, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface InboxOptions {
  readonly fhirBase: string;
  readonly listener: DeclaredListener | undefined;
  /** Key and certificate of the listener as PEM, where the organization file names them. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly testPatients: readonly string[];
  /** Told of each event that says when it was, as it arrives. */
  readonly onEventTime?: (atMs: number) => void;
}

const mostHeard = 20_000;

/** Missing where no listener can be opened that the EHR could reach. */
export async function openInbox({
  fhirBase,
  listener: declared,
  tls,
  testPatients,
  onEventTime,
}: InboxOptions): Promise<Inbox | Missing> {
  const secret = `Bearer ${randomBytes(24).toString('base64url')}`;
  const known = new Set(testPatients);
  const heard: Heard[] = [];
  const arrivals = new Arrivals();
  let withoutHeader = 0;
  let status = 200;
  let stranger = false;

  const hear = (request: ListenerRequest, below: string): { status: number } => {
    if (!isSame(request.headers['authorization'] ?? '', secret)) {
      withoutHeader += 1;
      return { status: 401 };
    }
    const { patients, ...read } = readNotification(request, below);
    if (patients.some((patient) => !known.has(patient))) stranger = true;
    for (const { atMs } of read.events) if (atMs !== undefined) onEventTime?.(atMs);
    const answered = read.kind === 'handshake' ? 200 : status;
    if (heard.length < mostHeard) heard.push({ ...read, receivedAtMs: request.receivedAtMs, answered });
    arrivals.tell();
    return { status: answered };
  };

  const listener = await openPrivateListener({
    sender: { name: 'EHR', url: fhirBase },
    listener: declared,
    tls,
    hear,
  });
  if (isMissing(listener)) return listener;
  return {
    endpoint: listener.endpoint,
    header: `Authorization: ${secret}`,
    sameMachine: listener.sameMachine,
    heard,
    get withoutHeader() {
      return withoutHeader;
    },
    answer: (next) => void (status = next),
    async until(test, withinMs) {
      const held = await arrivals.until(() => stranger || test(heard), withinMs);
      if (stranger) throw strangerHeard();
      return held;
    },
    close: () => listener.close(),
  };
}

/** The body is read and let go; only ids leave this function. */
function readNotification(
  { body }: ListenerRequest,
  below: string,
): Omit<Heard, 'receivedAtMs' | 'answered'> & { readonly patients: readonly string[] } {
  const parsed = body.length === 0 ? undefined : parseJson(body);
  const value = parsed !== undefined && 'value' in parsed ? parsed.value : undefined;
  const resource = typeof value === 'object' && value !== null ? (value as Resource) : undefined;
  const notice = readSubscriptionNotice(resource);
  if (notice !== undefined) {
    const { type, events, eventsSinceStart, entries, resources } = notice;
    return {
      kind: type === 'handshake' || type === 'heartbeat' ? type : 'event',
      events,
      named: [...new Set([...events.flatMap(({ focus }) => focus ?? []), ...entries])],
      eventsSinceStart,
      content: resources.length > 0,
      patients: resources.flatMap(patientsOf),
    };
  }
  // Plain R4: an empty POST, or the resource itself, at the endpoint or below it.
  const target = localReference(below);
  const own = typeof resource?.resourceType === 'string' ? resource : undefined;
  const focus = target ?? localReference(`${own?.resourceType ?? ''}/${own?.id ?? ''}`);
  return {
    kind: 'event',
    events: [{ number: undefined, focus, timed: false, atMs: undefined }],
    named: focus === undefined ? [] : [focus],
    eventsSinceStart: undefined,
    content: body.length > 0,
    patients: own === undefined ? [] : patientsOf(own),
  };
}

function strangerHeard(): SafetyStop {
  return new SafetyStop(
    'notification-of-a-stranger',
    8,
    'the EHR sent a notification about a patient who is not in testData',
    'The subscription was taken back and the content discarded; ask the EHR team why the filter did not hold.',
  );
}
