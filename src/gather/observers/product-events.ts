import { randomUUID } from 'node:crypto';
import { isMissing, type Missing } from '../../model/fact.js';
import { productOutcomes, type ProductOutcome } from '../../model/product-outcomes.js';
import type { AiSystemAccess } from '../ai-system.js';
import type { Recorder, Scope } from '../recorder.js';
import { ExchangeFault, type OutgoingRequest, type RequestTemplate } from '../request.js';
import type { Writer } from '../writer.js';
import { signatureHeader, signatureOf, type AnswerInbox } from './answer-inbox.js';

/** Something outside the EHR that the product reacts to: a call, a payer's message, a change it is told of. */
export interface ProductEvent {
  /** Id of the contract's trigger. */
  readonly trigger: string;
  /** Id of the contract's action it should lead to. */
  readonly action?: string;
  /** Inputs the contract names for the trigger. */
  readonly inputs: Readonly<Record<string, string>>;
  /** When it happened. Default: now. */
  readonly at?: Date;
  /** The object of the EHR it is about: what has changed there or, with an action, what the action is to be done to. */
  readonly event?: { readonly resource: string; readonly change: 'create' | 'update' | 'delete' };
  /** The same id again is the same event again. Default: a new one. */
  readonly id?: string;
  /**
   * Resource type the product may create for it, and the identifier it is asked to keep in what it creates. What carries
   * it is taken back with the run's own objects.
   */
  readonly creates?: { readonly resourceType: string; readonly identifier: string };
  /** Resource type of one more object it may create for it, under the same identifier. */
  readonly alsoCreates?: string;
}

/** What the product said, within bounds; its words are claims. */
export interface ProductAnswer {
  /** Id of the event. */
  readonly event: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly outcome: ProductOutcome | undefined;
  /** `Type/id` it names. */
  readonly object: string | undefined;
  /** One of the texts that were looked for stands in the answer. */
  readonly found: boolean;
  readonly exchange: string | undefined;
  readonly durationMs: number;
  /** Said 202, and why what it posts later cannot be heard. */
  readonly unheard?: Missing;
}

export interface TellingHow {
  /** 15,000. */
  readonly deadlineMs?: number;
  /** Hangs up at the deadline on purpose, as a caller who loses the connection. */
  readonly hangsUp?: boolean;
  /** Texts that have no business in the answer; only whether one stands there is kept. */
  readonly lookFor?: readonly string[];
  /** One sample of a series, which keeps its own pace. */
  readonly measured?: OutgoingRequest['measured'];
  /** Called with the monotonic time, in milliseconds, when everything is written down and the event is on its way. */
  readonly onSending?: (atMs: number) => void;
}

/** Tells the product of events by `aiSystem.webhook`. */
export interface ProductEvents {
  /**
   * `POST aiSystem.webhook` with the event as JSON, signed: `x-scorecard-signature: sha256=<hex HMAC of the body>`. A
   * product that says 202 posts its answer to the event's `answerTo`, signed in the same way; it is waited for until the
   * deadline, and counts as if it had come at once.
   *
   * @throws ExchangeFault `writes-off`, `cap` where the event may lead to a write that is not agreed; nothing was sent
   */
  tell(event: ProductEvent, how?: TellingHow): Promise<ProductAnswer>;
}

const defaultDeadlineMs = 15_000;
/** The answer comes later: https://www.rfc-editor.org/rfc/rfc9110#section-15.3.3 */
const accepted = 202;
const reference = /^[A-Z][A-Za-z]{1,40}\/[A-Za-z0-9.-]{1,64}$/;

/** What telling the product of up to `most` events may send. */
export const productEventTemplate = (most: number): RequestTemplate => ({
  context: 'ai-system',
  method: 'POST',
  path: '',
  most,
  purpose: 'ai-webhook',
  mutates: true,
});

/** For one probe, within its templates. */
export function productEvents(
  recorder: Recorder,
  scope: Scope,
  options: {
    readonly access: AiSystemAccess;
    readonly writer: Writer;
    /** Binding the product signs in with; what it wrote is taken back with it. */
    readonly bindingId: string;
    readonly identifierSystem: string | undefined;
    /** Where answers can be posted to. */
    readonly answers: () => Promise<AnswerInbox | Missing>;
    readonly now: () => Date;
  },
): ProductEvents {
  const { access, writer, bindingId, identifierSystem, answers, now } = options;
  const { webhookSecret } = access;
  /** The exchange with the answer, or its id alone where none came. */
  const send = (body: string, { deadlineMs, hangsUp, measured }: TellingHow) =>
    recorder
      .send(scope, 'ai-system', {
        method: 'POST',
        path: '',
        body,
        contentType: 'application/json',
        purpose: 'ai-webhook',
        headers: webhookSecret === undefined ? {} : { [signatureHeader]: signatureOf(webhookSecret, body) },
        tolerant: true,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        ...(hangsUp === undefined ? {} : { abandon: hangsUp }),
        ...(measured === undefined ? {} : { measured }),
      })
      .catch((error: unknown) => {
        if (error instanceof ExchangeFault && error.reason === 'unavailable') return error.exchange;
        throw error;
      });
  return {
    async tell(told, how = {}) {
      const { trigger, action, inputs, event, id = randomUUID(), at = now(), creates, alsoCreates } = told;
      const { deadlineMs = defaultDeadlineMs, lookFor = [], onSending } = how;
      if (creates !== undefined) {
        const by = { context: 'ai-system', binding: { id: bindingId } };
        for (const type of [creates.resourceType, alsoCreates]) {
          if (type !== undefined) await writer.announce(by, scope, type, creates.identifier);
        }
      }
      const inbox = await answers();
      const body = JSON.stringify({
        id,
        trigger,
        ...(action === undefined ? {} : { action }),
        at: at.toISOString(),
        inputs,
        ...(event === undefined ? {} : { event }),
        ...(creates === undefined ? {} : { identifier: { system: identifierSystem, value: creates.identifier } }),
        ...(isMissing(inbox) ? {} : { answerTo: inbox.endpoint }),
      });
      const read = (said: unknown, text: string): Claim => ({
        ...claimOf(said, id),
        found: lookFor.some((each) => text.includes(each)),
      });
      const later = isMissing(inbox) ? inbox : inbox.expect(id, ({ said, text }) => read(said, text));
      const startedMs = performance.now();
      onSending?.(startedMs);
      try {
        const answer = await send(body, { ...how, deadlineMs });
        const tookMs = performance.now() - startedMs;
        if (typeof answer !== 'object') {
          return { event: id, status: 0, ...nothing, exchange: answer, durationMs: tookMs };
        }
        const { status, exchange } = answer;
        const claim = read(answer.ok ? answer.json : undefined, Buffer.from(answer.body).toString());
        const atOnce = { event: id, status, ...claim, exchange, durationMs: tookMs };
        if (status !== accepted || claim.outcome !== undefined) return atOnce;
        if (isMissing(later)) return { ...atOnce, unheard: later };
        const posted = await later.within(Math.max(0, deadlineMs - tookMs));
        return posted === undefined
          ? { ...atOnce, durationMs: performance.now() - startedMs }
          : { ...atOnce, status: 200, ...posted.kept, durationMs: posted.atMs - startedMs };
      } finally {
        if (!isMissing(later)) later.end();
      }
    },
  };
}

type Claim = Pick<ProductAnswer, 'outcome' | 'object' | 'found'>;
const nothing: Claim = { outcome: undefined, object: undefined, found: false };

// What does not name the event is no answer to it.
function claimOf(said: unknown, event: string): Pick<ProductAnswer, 'outcome' | 'object'> {
  const claim = typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  const { id, outcome, object } = claim;
  if (id !== event) return { outcome: undefined, object: undefined };
  return {
    outcome: productOutcomes.find((word) => word === outcome),
    object: typeof object === 'string' && reference.test(object) ? object : undefined,
  };
}
