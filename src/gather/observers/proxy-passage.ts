import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { SafetyStop } from '../../model/errors.js';
import type { RawRequest, RawResponse } from '../../wire/listener.js';
import type { Upstream, UpstreamAnswer } from '../../wire/upstream.js';
import type { AddressExchange } from './address-exchange.js';
import { collected, encodedAs, plainBody } from './held-body.js';
import { answerOf, keepAnswer, keptBy, mergedAway, outcome } from './injected-faults.js';
import type { ActiveFault, FaultName, InjectedFaults, KeptAnswer } from './injected-faults.js';
import type { SignInDocuments } from './proxied-discovery.js';
import { contentOf, isJson, isText } from './proxied-exchange.js';
import type { Came, Content, Given, ProxiedExchange, WriteRefusal } from './proxied-exchange.js';
import { smartConfigurationPath, writesOf, type ProxiedRequest, type ProxiedWrite } from './proxied-request.js';
import { headerOf, productConnection, towardsEhr, towardsProduct } from './proxy-headers.js';

/** What all requests through one proxy share. */
export interface ProxyHouse {
  readonly addresses: AddressExchange;
  readonly signIn: SignInDocuments;
  readonly upstream: Upstream;
  /** Path of the EHR's base, no slash at the end. */
  readonly basePath: string;
  readonly heldBytes: number;
  readonly faults: Pick<InjectedFaults, 'meet'>;
  readonly ownersOf: (reference: string) => readonly string[] | undefined;
  readonly refuseWritesTo: (write: ProxiedWrite) => WriteRefusal | undefined;
  readonly stop: (reason: SafetyStop) => void;
  readonly closing: AbortSignal;
}

interface Asked {
  readonly id: string;
  readonly request: RawRequest;
  readonly response: RawResponse;
  readonly asked: ProxiedRequest;
  readonly receivedAtMs: number;
  readonly at: Date;
}

const defaultStallMs = 30_000;

/** One request of the AI system on its way to the EHR and back. */
export class Passage {
  readonly #house: ProxyHouse;
  readonly #by: Asked;
  readonly #ended = new AbortController();
  #body: Buffer | undefined;
  #requestBytes = 0;
  #writes: readonly ProxiedWrite[] = [];
  #fault: FaultName | undefined;
  /** Who stands in the place of every patient. */
  #merges: string | undefined;
  #refused: WriteRefusal | undefined;
  #status = 0;
  #given: Given | undefined;
  #came: Came | undefined;

  constructor(house: ProxyHouse, by: Asked) {
    this.#house = house;
    this.#by = by;
    const { request, response } = by;
    // Whoever hangs up ends the exchange with the EHR too, as without a proxy.
    response.once('close', () => {
      if (!response.writableFinished) this.#ended.abort();
    });
    request.on('data', (chunk: Buffer) => (this.#requestBytes += chunk.length)).pause();
  }

  /** Never throws: what ends early ends the connection, as it would without a proxy. */
  async go(): Promise<void> {
    try {
      await this.#go();
    } catch {
      this.#hangUp();
    }
  }

  /** What happened, once `go` is over. */
  ended(): { readonly exchange: ProxiedExchange; readonly content: Content } {
    const { id, at, receivedAtMs, asked, request } = this.#by;
    const own = this.#given?.body;
    const headers = (own === undefined ? this.#came?.headers : this.#given?.headers) ?? [];
    return {
      content: contentOf(own ?? this.#came?.body, headerOf(headers, 'content-type')),
      exchange: {
        id,
        at,
        receivedAtMs,
        answeredAtMs: performance.now(),
        request: asked,
        requestHeaders: request.rawHeaders,
        requestBody: this.#body,
        requestBytes: this.#requestBytes,
        writes: this.#writes,
        status: this.#status,
        fault: this.#fault,
        refused: this.#refused,
        answered: this.#given,
        upstream: this.#came,
      },
    };
  }

  async #go(): Promise<void> {
    if ((await this.#readBody()) === 'too-large')
      return this.#giveOwn(outcome(413, 'Content Too Large', 'too-long', ['Connection', 'close']));
    const fault = this.#house.faults.meet(this.#by.asked);
    this.#fault = fault?.rule.fault === 'pass' ? undefined : fault?.rule.fault;
    this.#merges = fault?.rule.fault === 'merged-patient' ? (fault.rule.replacedBy ?? nobody) : undefined;
    await fault?.rule.meanwhile?.();
    this.#refused = this.#refusal();
    if (this.#refused !== undefined) return this.#giveOwn(outcome(403, 'Forbidden', 'forbidden'));
    if (fault === undefined || !(await this.#meet(fault))) await this.#pass(fault);
  }

  /** Holds a body that may name addresses; any other waits to be streamed. */
  async #readBody(): Promise<'too-large' | undefined> {
    const { request } = this.#by;
    const { addresses, heldBytes } = this.#house;
    const contentType = headerOf(request.rawHeaders, 'content-type');
    if (!this.#hasBody() || (!isJson(contentType) && !isText(contentType))) return undefined;
    const bytes = await collected(request, heldBytes);
    if (!Buffer.isBuffer(bytes)) return 'too-large';
    const plain = await plainBody(bytes, headerOf(request.rawHeaders, 'content-encoding'), heldBytes);
    if (plain === undefined) return 'too-large';
    this.#body = isJson(contentType)
      ? addresses.jsonToEhr(plain)
      : Buffer.from(addresses.textToEhr(plain.toString('latin1')), 'latin1');
    return undefined;
  }

  #refusal(): WriteRefusal | undefined {
    const { rawHeaders } = this.#by.request;
    const { json } = contentOf(this.#body, headerOf(rawHeaders, 'content-type'));
    const conditions = {
      ifMatch: headerOf(rawHeaders, 'if-match'),
      ifNoneExist: headerOf(rawHeaders, 'if-none-exist'),
    };
    this.#writes = writesOf(this.#by.asked, conditions, json, this.#house.ownersOf);
    const refusals = this.#writes.flatMap((write) => this.#house.refuseWritesTo(write) ?? []);
    if (!refusals.includes('unlisted-patient')) return refusals[0];
    this.#house.stop(
      new SafetyStop(
        'write-outside-test-data',
        41,
        'the AI system wanted to change the record of a patient who is not in testData; the proxy did not pass it on',
        'Let the AI system work on the test patients alone, or add the patient to testData.',
      ),
    );
    return 'unlisted-patient';
  }

  /** True when the fault was all that happens. */
  async #meet(fault: ActiveFault): Promise<boolean> {
    const { rule } = fault;
    const stale = rule.fault === 'stale-read' ? keptBy(fault, this.#target) : undefined;
    const own = answerOf(rule) ?? stale;
    if (own !== undefined) {
      this.#giveOwn(own);
      return true;
    }
    // The first answer is the one that will be stale.
    if (rule.fault === 'stale-read') this.#fault = undefined;
    if (rule.fault !== 'refuse' && rule.fault !== 'stall') return false;
    if (rule.fault === 'stall') {
      const signal = AbortSignal.any([this.#ended.signal, this.#house.closing]);
      await pause(rule.stallMs ?? defaultStallMs, undefined, { signal }).catch(() => undefined);
    }
    this.#hangUp();
    return true;
  }

  async #pass(fault: ActiveFault | undefined): Promise<void> {
    const { request, asked } = this.#by;
    const { rawHeaders } = request;
    const { addresses, upstream, basePath, stop } = this.#house;
    const held = this.#body && (await encodedAs(this.#body, headerOf(rawHeaders, 'content-encoding')));
    const body = held ?? (this.#hasBody() ? request : undefined);
    if (body !== request) request.resume();
    const sentAtMs = performance.now();
    let answer: UpstreamAnswer;
    try {
      answer = await upstream.pass({
        method: asked.method,
        target: `${basePath}${asked.path === '' ? '' : `/${asked.path}`}${addresses.textToEhr(asked.search)}` || '/',
        headers: towardsEhr(rawHeaders, upstream.host, (text) => addresses.textToEhr(text), held?.length),
        ...(body === undefined ? {} : { body }),
        signal: this.#ended.signal,
      });
    } catch (error) {
      if (error instanceof SafetyStop) stop(error);
      throw error;
    }
    await this.#answer(answer, sentAtMs, fault);
  }

  async #answer(answer: UpstreamAnswer, sentAtMs: number, fault: ActiveFault | undefined): Promise<void> {
    const { status, statusText } = answer;
    const firstByteAtMs = performance.now();
    const came = { status, sentAtMs, firstByteAtMs, headers: answer.headers };
    // Whatever becomes of the body: the EHR has done what it was asked for.
    this.#came = { ...came, endAtMs: firstByteAtMs, body: undefined, unparsed: false };
    const read = await this.#readAnswer(answer);
    const { plain, unparsed } = read;
    this.#came = { ...came, endAtMs: performance.now(), body: plain, unparsed };
    if (fault?.rule.fault === 'drop-answer') {
      if (read.rest !== undefined) await drained(read.rest);
      return this.#hangUp();
    }
    const { addresses } = this.#house;
    const { rawHeaders, httpVersion } = this.#by.request;
    const headers = towardsProduct(
      answer.headers,
      (text) => addresses.textToProxy(text),
      read.newLength,
      productConnection(rawHeaders, httpVersion),
    );
    const truncated = fault?.rule.fault === 'truncated';
    if (read.rest !== undefined) return this.#stream({ status, statusText, headers }, read.first, read.rest, truncated);
    const whole = { status, statusText, headers, body: read.given };
    if (fault?.rule.fault === 'stale-read') keepAnswer(fault, this.#target, whole);
    this.#give(whole, truncated);
  }

  /** Holds an answer that may name addresses and exchanges them; any other is left to stream. */
  async #readAnswer({ headers, body, status }: UpstreamAnswer): Promise<ReadAnswer> {
    const { asked } = this.#by;
    const { heldBytes } = this.#house;
    if (asked.method === 'HEAD' || status === 204 || status === 304) {
      body.resume();
      return { given: Buffer.alloc(0), unparsed: false };
    }
    const contentType = headerOf(headers, 'content-type');
    // A Binary is passed on as it is, whatever it is.
    if ((!isJson(contentType) && !isText(contentType)) || asked.resourceType === 'Binary') {
      return { first: [], rest: body, unparsed: false };
    }
    const bytes = await collected(body, heldBytes);
    if (!Buffer.isBuffer(bytes)) return { first: bytes, rest: body, unparsed: true };
    const encoding = headerOf(headers, 'content-encoding');
    const plain = await plainBody(bytes, encoding, heldBytes);
    if (plain === undefined) return { given: bytes, unparsed: true };
    const own = this.#exchanged(plain, contentType);
    if (own === plain) return { plain, given: bytes, unparsed: false };
    const given = await encodedAs(own, encoding);
    return { plain, given, newLength: given.length, unparsed: false };
  }

  #exchanged(plain: Buffer, contentType: string | undefined): Buffer {
    const { addresses, signIn } = this.#house;
    const { path } = this.#by.asked;
    if (!isJson(contentType)) {
      const text = plain.toString('latin1');
      const own = addresses.textToProxy(text);
      return own === text ? plain : Buffer.from(own, 'latin1');
    }
    if (path === smartConfigurationPath) return signIn.smartConfiguration(plain, contentOf(plain, contentType).json);
    if (path === 'metadata') return signIn.capabilityStatement(plain, contentOf(plain, contentType).resource);
    const own = addresses.jsonToProxy(plain);
    // What cannot be parsed is no Patient.
    const { resource } = contentOf(plain, contentType);
    return this.#merges === undefined || resource === undefined ? own : mergedAway(own, this.#merges);
  }

  async #stream(
    head: Pick<KeptAnswer, 'status' | 'statusText' | 'headers'>,
    first: readonly Buffer[],
    rest: Readable,
    truncated: boolean,
  ): Promise<void> {
    const { response } = this.#by;
    response.writeHead(head.status, head.statusText, [...head.headers]);
    let bytes = 0;
    for (const chunk of first) {
      bytes += chunk.length;
      response.write(chunk);
    }
    rest.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (truncated) this.#hangUp();
    });
    await pipeline(rest, response).catch(() => this.#hangUp());
    this.#status = head.status;
    this.#given = { headers: head.headers, bytes };
  }

  /** An answer that is not the EHR's. */
  #giveOwn(answer: KeptAnswer): void {
    this.#by.request.resume();
    this.#give(answer);
    this.#given = { headers: answer.headers, body: answer.body, bytes: answer.body.length };
  }

  #give({ status, statusText, headers, body }: KeptAnswer, truncated = false): void {
    const { response } = this.#by;
    this.#status = status;
    this.#given = { headers, bytes: body.length };
    response.writeHead(status, statusText, [...headers]);
    if (truncated) response.write(body.subarray(0, Math.floor(body.length / 2)), () => this.#hangUp());
    else response.end(body);
  }

  #hangUp(): void {
    const { request, response } = this.#by;
    request.resume();
    response.destroy();
    this.#ended.abort();
  }

  get #target(): string {
    return this.#by.request.url ?? '';
  }

  #hasBody(): boolean {
    const { rawHeaders } = this.#by.request;
    const length = Number(headerOf(rawHeaders, 'content-length') ?? 0);
    return length > 0 || headerOf(rawHeaders, 'transfer-encoding') !== undefined;
  }
}

/** Stands in the place of every patient where nobody is named. */
const nobody = 'Patient/unknown';

/** Held (`given`, and `plain` where it could be read), or still to come (`first`, then `rest`). */
type ReadAnswer = { readonly plain?: Buffer; readonly unparsed: boolean; readonly newLength?: number } & (
  { readonly given: Buffer; readonly rest?: undefined } | { readonly first: readonly Buffer[]; readonly rest: Readable }
);

async function drained(body: Readable): Promise<void> {
  body.resume();
  await new Promise<void>((resolve) => {
    body.once('close', resolve).once('error', () => resolve());
  });
}
