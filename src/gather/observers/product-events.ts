import { createHmac, randomUUID } from 'node:crypto';
import { productOutcomes, type ProductOutcome } from '../../model/product-outcomes.js';
import type { AiSystemAccess } from '../ai-system.js';
import type { Recorder, Scope } from '../recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest, type RequestTemplate } from '../request.js';
import type { Writer } from '../writer.js';

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
   * `POST aiSystem.webhook` with the event as JSON, signed: `x-scorecard-signature: sha256=<hex HMAC of the body>`.
   *
   * @throws ExchangeFault `writes-off`, `cap` where the event may lead to a write that is not agreed; nothing was sent
   */
  tell(event: ProductEvent, how?: TellingHow): Promise<ProductAnswer>;
}

const defaultDeadlineMs = 15_000;
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
    readonly now: () => Date;
  },
): ProductEvents {
  const { access, writer, bindingId, identifierSystem, now } = options;
  return {
    async tell(
      { trigger, action, inputs, event, id = randomUUID(), at = now(), creates, alsoCreates },
      { deadlineMs = defaultDeadlineMs, hangsUp, lookFor = [], measured, onSending } = {},
    ) {
      if (creates !== undefined) {
        const by = { context: 'ai-system', binding: { id: bindingId } };
        for (const type of [creates.resourceType, alsoCreates]) {
          if (type !== undefined) await writer.announce(by, scope, type, creates.identifier);
        }
      }
      const body = JSON.stringify({
        id,
        trigger,
        ...(action === undefined ? {} : { action }),
        at: at.toISOString(),
        inputs,
        ...(event === undefined ? {} : { event }),
        ...(creates === undefined ? {} : { identifier: { system: identifierSystem, value: creates.identifier } }),
      });
      const startedMs = performance.now();
      onSending?.(startedMs);
      const answer = await recorder
        .send(scope, 'ai-system', {
          method: 'POST',
          path: '',
          body,
          contentType: 'application/json',
          purpose: 'ai-webhook',
          headers:
            access.webhookSecret === undefined
              ? {}
              : {
                  'x-scorecard-signature': `sha256=${createHmac('sha256', access.webhookSecret).update(body).digest('hex')}`,
                },
          tolerant: true,
          deadlineMs,
          ...(hangsUp === undefined ? {} : { abandon: hangsUp }),
          ...(measured === undefined ? {} : { measured }),
        })
        .catch((error: unknown) => {
          if (error instanceof ExchangeFault && error.reason === 'unavailable') return error.exchange;
          throw error;
        });
      const durationMs = performance.now() - startedMs;
      if (typeof answer !== 'object') {
        return {
          event: id,
          status: 0,
          outcome: undefined,
          object: undefined,
          found: false,
          exchange: answer,
          durationMs,
        };
      }
      const text = Buffer.from(answer.body).toString();
      const found = lookFor.some((each) => text.includes(each));
      return { event: id, status: answer.status, ...claimOf(answer, id), found, exchange: answer.exchange, durationMs };
    },
  };
}

// What does not name the event is no answer to it.
function claimOf({ ok, json }: Answer, event: string): Pick<ProductAnswer, 'outcome' | 'object'> {
  const claim = ok && typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  const { id, outcome, object } = claim;
  if (id !== event) return { outcome: undefined, object: undefined };
  return {
    outcome: productOutcomes.find((word) => word === outcome),
    object: typeof object === 'string' && reference.test(object) ? object : undefined,
  };
}
