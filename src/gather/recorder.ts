import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Resource } from 'fhir/r4.js';
import { parseJson } from '../fhir/json.js';
import { accessesMade, type MadeAccess } from '../model/audit-access.js';
import { SafetyStop } from '../model/errors.js';
import type { ExchangeLine } from '../model/evidence.js';
import type { NotMeasuredReason } from '../model/outcome.js';
import type { Door, DoorResponse, Purpose } from '../wire/exchange.js';
import { retryAfter } from '../wire/retry-after.js';
import type { TokenBucket, Turn } from '../wire/token-bucket.js';
import { WireFault } from '../wire/wire-fault.js';
import type { AccessRecorder } from './access-record.js';
import { Breaker } from './breaker.js';
import type { OperationHook } from './durable-log.js';
import type { SeenExchange } from './folds/fold.js';
import { keptHeaders } from './redact.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from './request.js';
import type { EvidenceWriter } from './run-folder.js';
import { shapeOf, TemplateBudget } from './template-match.js';

/** Address of each purpose. */
export type Bases = Readonly<Partial<Record<Purpose, string>>>;

export interface RecorderOptions {
  readonly door: Door;
  readonly bases: Bases;
  /** The same for other organizations, by their id. */
  readonly peerBases?: ReadonlyMap<string, Bases>;
  readonly pacing: TokenBucket;
  readonly evidence: EvidenceWriter;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Pause before an answer of 500 is asked for again (scoring C.2: at least 5 s on a system that is not a simulator). */
  readonly repeatAfterMs: number;
  /** Whether the organization's windows are open now; they bind reads too (safety rule 29). Default: always. */
  readonly windowOpen?: () => boolean;
  readonly correlationHeader?: string;
  /** What an audit log has to hold of each exchange; absent where no log is asked afterwards. */
  readonly accesses?: AccessRecorder;
  /** Binding of a context; undefined for one that is not signed in. */
  readonly bindingOf?: (context: string) => string | undefined;
  readonly operation?: OperationHook;
  /** Sees every exchange before it is redacted. */
  readonly onExchange?: (exchange: SeenExchange) => void;
}

/** Who is asking, for which probe and subject, within which templates. */
export interface Scope {
  readonly probe: string;
  readonly subject: string;
  readonly budget: TemplateBudget;
  /** Ids of the exchanges made so far; cited by the facts of the probe. */
  readonly exchanges: string[];
  /** Cleanup goes on with an open breaker and after an interrupt. */
  readonly cleanup?: boolean;
}

export interface RecorderCounts {
  sent: number;
  unavailable: number;
  /** Of `sent`, those of measured series and shares. */
  samples: number;
  /** The others, by probe. */
  readonly byProbe: Map<string, number>;
}

const longestRetryWaitMs = 30_000;
const retries = 2;

/**
 * Every exchange of a run passes here: template, pacing, request id, evidence line, redaction, bounded retry. Nothing a
 * server sent is kept but what an exchange line holds.
 */
export class Recorder {
  readonly counts: RecorderCounts = { sent: 0, unavailable: 0, samples: 0, byProbe: new Map() };
  /** Shapes of the requests to the FHIR base that were answered 2xx: `POST Slot/_search?start`, `PATCH Task/{id}`. */
  readonly accepted = new Set<string>();
  /** What the exchanges so far must have left in an audit log, in the order they were sent. */
  readonly made: MadeAccess[] = [];
  readonly #options: RecorderOptions;
  readonly #breaker = new Breaker();
  #clockOffsetMs = 0;
  #nextExchange = 1;

  constructor(options: RecorderOptions) {
    this.#options = options;
    // Every exchange in flight listens for the end of the run; there may be many, and that is no leak.
    setMaxListeners(0, options.signal);
  }

  /** True when the target was refusing so often that the run stopped asking. */
  get breakerOpen(): boolean {
    return this.#breaker.open;
  }

  /**
   * @throws ExchangeFault  no usable answer: unavailable, too large, redirected
   * @throws ToolError `unplanned-request`; SafetyStop from the door
   */
  async send(scope: Scope, context: string, request: OutgoingRequest, credential?: string): Promise<Answer> {
    scope.budget.take(context, request);
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#once(scope, context, request, credential);
      if (request.measured !== undefined) return answer;
      const waitMs = this.#retryWaitMs(request, answer, attempt);
      if (waitMs !== undefined) {
        await this.#pause(waitMs);
        continue;
      }
      if (request.tolerant === true) return answer;
      if (answer.status === 429 || answer.status === 502 || answer.status === 503 || answer.status === 504) {
        throw new ExchangeFault('unavailable', `the server answered ${answer.status}`, answer.exchange);
      }
      if (answer.status === 500 && changesNothing(request)) await this.#control(scope, request, answer.exchange);
      return answer;
    }
  }

  /** How far the EHR's `Date` is from our clock, from the last answer; one second coarse (RFC 9110, section 6.6.1). */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** @throws SafetyStop `outside-window` */
  refuseOutsideWindow(): void {
    if (this.#options.windowOpen?.() !== false) return;
    throw new SafetyStop(
      'outside-window',
      29,
      'the agreed window of this environment is closed',
      'Start again inside a window of the organization file; what was gathered is kept.',
    );
  }

  // An answer of 500 is a finding only while the same host answers something else.
  async #control(scope: Scope, { peer }: OutgoingRequest, exchange: string): Promise<void> {
    const metadata: OutgoingRequest = { method: 'GET', path: 'metadata', ...(peer === undefined ? {} : { peer }) };
    const control = await this.#once(scope, 'anonymous', metadata, undefined);
    if (!control.ok) throw new ExchangeFault('unavailable', 'the server fails and so does a control request', exchange);
  }

  // 429 and 503 are asked again after the pause the server names; a 500 to a read is asked twice more, so that one bad
  // moment is not a verdict. A write with an unknown outcome is never repeated here.
  #retryWaitMs(request: OutgoingRequest, answer: Answer, attempt: number): number | undefined {
    if (attempt >= retries) return undefined;
    if (answer.status === 429 || (answer.status === 503 && changesNothing(request))) {
      const named = retryAfter(answer.headers['retry-after'], this.#options.now().getTime(), longestRetryWaitMs);
      return named === undefined ? this.#options.repeatAfterMs : named.honoured ? named.waitMs : undefined;
    }
    if (answer.status === 500 && changesNothing(request)) return this.#options.repeatAfterMs;
    return undefined;
  }

  async #pause(waitMs: number): Promise<void> {
    const { signal } = this.#options;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal.addEventListener('abort', done);
    });
  }

  async #once(
    scope: Scope,
    context: string,
    request: OutgoingRequest,
    credential: string | undefined,
  ): Promise<Answer> {
    const { door, signal, evidence, now, operation } = this.#options;
    const purpose = request.purpose ?? 'fhir';
    if (!scope.cleanup) {
      signal.throwIfAborted();
      this.refuseOutsideWindow();
      if (this.#breaker.open) {
        this.counts.unavailable += 1;
        throw new ExchangeFault('unavailable', 'the target refused too often, the run stopped asking', undefined);
      }
    }
    const url = this.#url(purpose, request);
    const requestId = randomUUID();
    const id = `x${this.#nextExchange++}`;
    const bypass = request.measured !== undefined;
    const turn = bypass ? undefined : await this.#turn(scope);
    const sentAt = now();
    const startedMs = performance.now();
    // Filled in as the answer comes: one object, because there is one of these for every request.
    const line: ExchangeLine = {
      type: 'exchange',
      id,
      probe: scope.probe,
      subject: scope.subject,
      context,
      method: request.method,
      path: shapeOf(request),
      purpose,
      sentAt: sentAt.toISOString(),
      waitedMs: round(turn?.waitedMs ?? 0),
      requestId,
      status: 0,
      durationMs: 0,
      bytes: 0,
      headers: {},
    };
    if (request.peer !== undefined) line.peer = request.peer;
    const sample = bypass || request.sample === true;
    if (sample) line.sample = true;
    this.counts.sent += 1;
    if (sample) this.counts.samples += 1;
    else this.counts.byProbe.set(scope.probe, (this.counts.byProbe.get(scope.probe) ?? 0) + 1);
    scope.exchanges.push(id);
    const seen = (answer: Answer | undefined): void =>
      this.#options.onExchange?.({ id, probe: scope.probe, context, purpose, request, url, sentAt, answer });
    try {
      operation?.(`send:${purpose}:${request.method}`);
      const response = await door.exchange({
        purpose,
        method: request.method,
        url,
        headers: this.#headers(request, requestId, credential),
        ...bodyOf(request),
        carriesCredential: credential !== undefined || ['token', 'authorize', 'ai-app'].includes(purpose),
        ...(request.redirects === undefined ? {} : { redirects: request.redirects }),
        ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
        ...(request.measured?.intendedAtMs === undefined ? {} : { intendedAtMs: request.measured.intendedAtMs }),
      });
      operation?.(`answered:${purpose}:${request.method}`);
      const answer = toAnswer(id, requestId, response, sentAt, now());
      const date = Date.parse(response.headers['date'] ?? '');
      if (purpose === 'fhir' && !Number.isNaN(date)) this.#clockOffsetMs = date - answer.receivedAt.getTime();
      if (answer.ok && purpose === 'fhir') this.accepted.add(`${line.method} ${line.path}`);
      const binding = this.#options.bindingOf?.(context);
      const accesses = this.#options.accesses?.of(request, answer, binding);
      line.status = response.status;
      line.firstByteMs = round(response.timing.firstByteAtMs - response.timing.sentAtMs);
      line.durationMs = round(response.timing.endAtMs - response.timing.sentAtMs);
      line.bytes = response.body.length;
      line.headers = keptHeaders(response);
      if (answer.resource !== undefined) line.resourceType = answer.resource.resourceType;
      if (accesses !== undefined) line.accesses = accesses;
      await evidence.append(line);
      this.made.push(...accessesMade(line));
      seen(answer);
      if (!ofAiSystem(purpose)) this.#note(response.status === 429 || response.status >= 500, scope);
      if ([429, 502, 503, 504].includes(response.status)) this.counts.unavailable += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      // A log may hold what was never answered; nobody can expect it to.
      const accesses = error.mayHaveArrived
        ? this.#options.accesses?.of(request, unanswered, this.#options.bindingOf?.(context))
        : undefined;
      line.fault = error.reason;
      line.durationMs = round(performance.now() - startedMs);
      if (accesses !== undefined) line.accesses = accesses;
      await evidence.append(line);
      this.made.push(...accessesMade(line));
      seen(undefined);
      const reason = reasonOf(error);
      if (reason === 'unavailable' && request.abandon !== true) {
        this.counts.unavailable += 1;
        if (!ofAiSystem(purpose)) this.#note(true, scope);
      }
      throw new ExchangeFault(reason, error.message, id, error.mayHaveArrived);
    } finally {
      turn?.release();
    }
  }

  async #turn(scope: Scope): Promise<Turn> {
    const { pacing, signal } = this.#options;
    const turn = await pacing.take(scope.cleanup ? undefined : signal);
    if (turn === undefined) throw new ExchangeFault('cap', 'limits.perDay is reached', undefined);
    return turn;
  }

  #note(bad: boolean, scope: Scope): void {
    if (this.#breaker.note(bad)) {
      void this.#options.evidence.append({
        type: 'event',
        event: 'breaker-open',
        at: this.#options.now().toISOString(),
        data: { probe: scope.probe },
      });
    }
  }

  #url(purpose: Purpose, request: OutgoingRequest): string {
    const { bases, peerBases } = this.#options;
    const base = (request.peer === undefined ? bases : peerBases?.get(request.peer))?.[purpose];
    if (base === undefined) {
      throw new ExchangeFault('origin-not-listed', `the organization file lists no address for ${purpose}`, undefined);
    }
    if (request.endpoint !== undefined) {
      const named = safeUrl(request.endpoint);
      if (named === undefined || named.origin !== new URL(base).origin || named.search !== '') {
        throw new ExchangeFault('origin-not-listed', 'an endpoint lies elsewhere', undefined);
      }
      return named.href;
    }
    if (request.nextLink !== undefined) {
      const next = safeUrl(request.nextLink);
      const own = new URL(base);
      if (next === undefined || next.origin !== own.origin || !next.pathname.startsWith(own.pathname)) {
        throw new ExchangeFault('origin-not-listed', 'a next link points elsewhere', undefined);
      }
      return next.href;
    }
    const target = request.path === '' ? base : `${base.replace(/\/$/, '')}/${request.path}`;
    const query = (request.query ?? []).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    return query.length === 0 ? target : `${target}?${query.join('&')}`;
  }

  #headers(request: OutgoingRequest, requestId: string, credential: string | undefined): Record<string, string> {
    return {
      accept: 'application/fhir+json, application/json;q=0.9',
      'user-agent': 'ehr-scorecard',
      'x-request-id': requestId,
      ...(this.#options.correlationHeader === undefined
        ? {}
        : { [this.#options.correlationHeader.toLowerCase()]: requestId }),
      ...contentTypeOf(request),
      ...request.headers,
      ...(credential === undefined ? {} : { authorization: credential }),
    };
  }
}

// The breaker spares the EHR; what the AI system does not answer is a finding about the AI system.
const ofAiSystem = (purpose: Purpose): boolean => purpose.startsWith('ai-');

const unanswered = { status: 0, resource: undefined, headers: {} } as const;

/** A read, or a search in whatever form. */
const changesNothing = ({ method, path }: OutgoingRequest): boolean => method === 'GET' || path.endsWith('/_search');

function bodyOf(request: OutgoingRequest): { body?: string } {
  if (request.form !== undefined) {
    return {
      body: new URLSearchParams(request.form.map(([name, value]): [string, string] => [name, value])).toString(),
    };
  }
  return request.body === undefined ? {} : { body: request.body };
}

function contentTypeOf(request: OutgoingRequest): Record<string, string> {
  if (request.form !== undefined) return { 'content-type': 'application/x-www-form-urlencoded' };
  return request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/fhir+json' };
}

function toAnswer(exchange: string, requestId: string, response: DoorResponse, sentAt: Date, receivedAt: Date): Answer {
  const parsed = response.body.length === 0 ? undefined : parseJson(response.body);
  const json = parsed !== undefined && 'value' in parsed ? parsed.value : undefined;
  const isResource =
    typeof json === 'object' && json !== null && 'resourceType' in json && typeof json.resourceType === 'string';
  return {
    exchange,
    status: response.status,
    headers: response.headers,
    body: response.body,
    json,
    resource: isResource ? (json as Resource) : undefined,
    problem:
      parsed !== undefined && 'problem' in parsed
        ? parsed.problem === 'too-deep'
          ? 'too-deep'
          : 'not-fhir'
        : undefined,
    timing: response.timing,
    sentAt,
    receivedAt,
    connection: response.connection,
    requestId,
    ok: response.status >= 200 && response.status < 300,
  };
}

function reasonOf(fault: WireFault): NotMeasuredReason {
  switch (fault.reason) {
    case 'too-large':
    case 'truncated':
    case 'origin-not-listed':
      return fault.reason;
    case 'encoding':
    case 'protocol':
    case 'redirected':
    case 'too-many-redirects':
      return 'not-fhir';
    case 'certificate':
      return 'prerequisite-failed';
    case 'aborted':
      return 'not-gathered';
    default:
      return 'unavailable';
  }
}

function safeUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** A scope for one probe on one subject. */
export const scopeFor = (probe: string, subject: string, budget: TemplateBudget, cleanup = false): Scope => ({
  probe,
  subject,
  budget,
  exchanges: [],
  ...(cleanup ? { cleanup } : {}),
});
