import { randomUUID } from 'node:crypto';
import { acknowledgements, readHl7Message, type Hl7Message } from '../fhir/hl7v2.js';
import type { Listener as DeclaredListener } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import { missing, type Missing } from '../model/fact.js';
import { listenMllp } from '../wire/mllp.js';
import { Arrivals } from './arrivals.js';
import type { InboxOptions } from './notification-inbox.js';
import { isLoopback } from './write-policy.js';

/** One message as it came, in memory until somebody takes or drops it. */
export interface FeedMessage {
  readonly message: Hl7Message;
  /** On the monotonic clock, and on the wall. */
  readonly receivedAtMs: number;
  readonly receivedAt: Date;
}

/** A listener for the messages of an HL7 v2 feed. Closed by whoever opened it. */
export interface FeedInbox {
  readonly sameMachine: boolean;
  readonly encrypted: boolean;
  readonly connections: number;
  readonly inClearText: number;
  readonly unreadable: number;
  readonly held: readonly FeedMessage[];
  /** The next message of this kind is not acknowledged; it is when it comes again. */
  withholdOnce(test: (message: Hl7Message) => boolean): void;
  /** Resolves as soon as `test` holds, looked at again after each arrival; false after `withinMs`. */
  until(test: (held: readonly FeedMessage[]) => boolean, withinMs: number): Promise<boolean>;
  /** Everything held, which is then forgotten. */
  takeAll(): FeedMessage[];
  close(): Promise<void>;
}

/** Messages held at once; more are acknowledged and forgotten. */
const mostHeld = 500;

/** Missing where no listener can be opened that the EHR could reach. */
export async function openFeedInbox({
  fhirBase,
  listener: declared,
  tls,
  now,
}: Pick<InboxOptions, 'fhirBase' | 'tls'> & {
  readonly listener: DeclaredListener | undefined;
  readonly now: () => Date;
}): Promise<FeedInbox | Missing> {
  if (declared?.port === undefined || declared.port === 0) {
    return missing('prerequisite-failed', 'the feed needs a listener with a port of its own in the organization file');
  }
  let held: FeedMessage[] = [];
  let withhold: ((message: Hl7Message) => boolean) | undefined;
  let unreadable = 0;
  const arrivals = new Arrivals();
  const onMessage = (bytes: Uint8Array, receivedAtMs: number): readonly Uint8Array[] => {
    const message = readHl7Message(bytes);
    if (message === undefined) {
      unreadable += 1;
      return [];
    }
    if (held.length < mostHeld) held.push({ message, receivedAtMs, receivedAt: now() });
    const silent = withhold?.(message) === true;
    if (silent) withhold = undefined;
    arrivals.tell();
    return silent ? [] : acknowledgements(message, () => randomUUID().slice(0, 20), now());
  };
  try {
    const listener = await listenMllp({
      bind: declared.bind ?? '127.0.0.1',
      port: declared.port,
      ...(tls === undefined ? {} : { tls }),
      onMessage,
    });
    return {
      sameMachine: isLoopback(fhirBase),
      encrypted: tls !== undefined,
      get connections() {
        return listener.connections;
      },
      get inClearText() {
        return listener.inClearText;
      },
      get unreadable() {
        return unreadable;
      },
      get held() {
        return held;
      },
      withholdOnce: (test) => void (withhold = test),
      until: (test, withinMs) => arrivals.until(() => test(held), withinMs),
      takeAll() {
        const taken = held;
        held = [];
        return taken;
      },
      close: () => listener.close(),
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return missing('prerequisite-failed', error.message);
  }
}
