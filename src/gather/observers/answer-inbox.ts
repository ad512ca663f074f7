import { createHmac } from 'node:crypto';
import { parseJson } from '../../fhir/json.js';
import { isMissing, type Missing } from '../../model/fact.js';
import type { ListenerRequest } from '../../wire/listener.js';
import { Arrivals } from '../arrivals.js';
import { isSame, openPrivateListener, type PrivateListenerOptions } from '../private-listener.js';

/** Header of what the tool and the product post to each other: `sha256=<hex HMAC of the body>`. */
export const signatureHeader = 'x-scorecard-signature';

/** Signed with the secret both have agreed on. */
export const signatureOf = (secret: string, body: string | Uint8Array): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** An answer in the words of the product. */
export interface SaidAnswer {
  /** The object it is, as parsed. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** What is kept of an answer. */
export interface TakenAnswer<Kept> {
  readonly kept: Kept;
  /** When its last byte was there, on the monotonic clock. */
  readonly atMs: number;
}

/** One telling of an event, until its answer is there or nobody waits for it any longer. */
export interface ExpectedAnswer<Kept> {
  /**
   * The answer as soon as it is there; undefined after `withinMs`, and when the run is interrupted. Not waited for where
   * the product has posted nothing after `mostInVain` waits of a second and more: its 202 is all it says.
   */
  within(withinMs: number): Promise<TakenAnswer<Kept> | undefined>;
  /** What comes from now on is no answer to it. */
  end(): void;
}

/** What came to the right path; nothing else is kept of it. */
export interface AnswerCounts {
  /** Each the answer to one telling. */
  taken: number;
  /** Nobody waited for it: too late, or once more. */
  notAwaited: number;
  /** Waited for a second and more, and not come. */
  inVain: number;
  /** Signed, and about an event that was not told, or not yet. */
  ofNoEvent: number;
  /** Signed, and no answer: no JSON object, or without an id or an outcome. */
  unreadable: number;
  /** Not signed with the secret. */
  unsigned: number;
}

/** A listener for what a product posts of the events it was told of and answered with 202. */
export interface AnswerInbox {
  /** Address the product is told with each event, as `answerTo`. */
  readonly endpoint: string;
  readonly counts: Readonly<AnswerCounts>;
  /** Requests refused by a limit of the listener, by status. */
  readonly refused: ReadonlyMap<number, number>;
  /** Said before an event is sent, each time it is; `keep` makes of the answer what is kept. */
  expect<Kept>(event: string, keep: (answer: SaidAnswer) => Kept): ExpectedAnswer<Kept>;
  close(): Promise<void>;
}

export interface AnswerInboxOptions extends Pick<PrivateListenerOptions, 'listener' | 'tls'> {
  /** `aiSystem.webhook.url`: where the product is. */
  readonly webhookUrl: string;
  /** `aiSystem.webhook.secret`. */
  readonly secret: string;
  readonly signal: AbortSignal;
}

export const mostInVain = 2;
const fewestMsInVain = 1_000;

/** Those who wait for an answer to one event, in the order it was told. */
type Waiting = ((answer: SaidAnswer, atMs: number) => void)[];

/** Missing where no listener can be opened that the product could reach. */
export async function openAnswerInbox(options: AnswerInboxOptions): Promise<AnswerInbox | Missing> {
  const { webhookUrl, secret, listener: declared, tls, signal } = options;
  const events = new Map<string, Waiting>();
  const arrivals = new Arrivals();
  const counts: AnswerCounts = { taken: 0, notAwaited: 0, inVain: 0, ofNoEvent: 0, unreadable: 0, unsigned: 0 };

  const hear = ({ method, headers, body }: ListenerRequest, below: string): { status: number } => {
    const atMs = performance.now();
    if (method !== 'POST' || below !== '' || !isSame(headers[signatureHeader] ?? '', signatureOf(secret, body))) {
      counts.unsigned += 1;
      return { status: 401 };
    }
    const answer = readAnswer(body);
    if (answer === undefined) {
      counts.unreadable += 1;
      return { status: 400 };
    }
    const waiting = events.get(answer.id);
    if (waiting === undefined) {
      counts.ofNoEvent += 1;
      return { status: 404 };
    }
    const take = waiting.shift();
    counts[take === undefined ? 'notAwaited' : 'taken'] += 1;
    take?.(answer, atMs);
    arrivals.tell();
    return { status: 200 };
  };

  const listener = await openPrivateListener({
    sender: { name: 'AI system', url: webhookUrl },
    listener: declared,
    tls,
    hear,
  });
  if (isMissing(listener)) return listener;
  const interrupted = (): void => arrivals.tell();
  signal.addEventListener('abort', interrupted);
  return {
    endpoint: listener.endpoint,
    counts,
    refused: listener.refused,
    expect<Kept>(id: string, keep: (answer: SaidAnswer) => Kept): ExpectedAnswer<Kept> {
      const waiting = events.get(id) ?? [];
      events.set(id, waiting);
      let taken: TakenAnswer<Kept> | undefined;
      const take = (answer: SaidAnswer, atMs: number): void => {
        taken = { kept: keep(answer), atMs };
      };
      waiting.push(take);
      return {
        async within(withinMs) {
          const isSilent = counts.inVain >= mostInVain && counts.taken + counts.notAwaited === 0;
          await arrivals.until(() => taken !== undefined || signal.aborted, isSilent ? 0 : withinMs);
          if (taken === undefined && !isSilent && withinMs >= fewestMsInVain) counts.inVain += 1;
          return taken;
        },
        end() {
          const at = waiting.indexOf(take);
          if (at !== -1) waiting.splice(at, 1);
        },
      };
    },
    async close() {
      signal.removeEventListener('abort', interrupted);
      await listener.close();
    },
  };
}

/** Undefined for what is no answer to anything; the tool's own event, sent back to it, has no outcome. */
function readAnswer(body: Uint8Array): (SaidAnswer & { readonly id: string }) | undefined {
  const parsed = parseJson(body);
  const value = 'value' in parsed ? parsed.value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const said = value as Readonly<Record<string, unknown>>;
  const { id, outcome } = said;
  if (typeof id !== 'string' || typeof outcome !== 'string') return undefined;
  return { id, said, text: Buffer.from(body).toString() };
}
