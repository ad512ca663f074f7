import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { SignJWT, importPKCS8 } from 'jose';
import type { Bundle, Resource } from 'fhir/r4.js';
import type { ProductConfiguration } from './configuration.js';

export interface FhirAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly location: string | undefined;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

export interface FhirCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the FHIR base, or absolute below it (a `next` link). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long an answer is waited for; absent: as long as the connection waits. */
  readonly deadlineMs?: number;
}

/** The AI system's only way to the EHR: its own client, signed in by SMART backend services. */
export interface FhirConnection {
  /** @throws Error when no answer came: the caller cannot know whether a write happened */
  send(call: FhirCall): Promise<FhirAnswer>;
  /** All pages of `type`, at most 20; parameters travel in the body, because they may name a person. */
  searchAll(type: string, parameters: readonly (readonly [string, string])[]): Promise<Resource[]>;
  close(): void;
}

/** A search that was not answered with its rows. */
export class UnansweredSearch extends Error {
  constructor(
    type: string,
    readonly status: number,
  ) {
    super(`a search for ${type} answered ${status}`);
  }
}

export interface Reaching {
  /** Requests so far that the EHR did not answer, or answered with a fault of its own or of the token. */
  troubles(): number;
  /** Whether the EHR answers at all, tried again and again until `withinMs` are over. */
  reachable(withinMs: number): Promise<boolean>;
}

const longestDeadlineMs = 10_000;
const longestReachPauseMs = 1_000;
const mostBytes = 8 * 1024 * 1024;
const mostPages = 20;
const attempts = 3;
const longestPauseMs = 2_000;

/**
 * https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html
 *
 * @param patienceMs how long the answer to a FHIR request is waited for
 */
export function connect(
  configuration: ProductConfiguration,
  scopes: readonly string[] = bookingScopes,
  patienceMs = longestDeadlineMs,
): FhirConnection & Reaching {
  const base = configuration.fhirBase.replace(/\/$/u, '');
  const ca = configuration.caFile === undefined ? {} : { ca: readFileSync(configuration.caFile) };
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 16 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 16, ...ca }),
  };
  let token: Promise<{ value: string; freshUntilMs: number }> | undefined;

  async function signIn(): Promise<{ value: string; freshUntilMs: number }> {
    const key = await importPKCS8(readFileSync(configuration.keyFile, 'utf8'), configuration.algorithm);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: configuration.algorithm, kid: configuration.kid, typ: 'JWT' })
      .setIssuer(configuration.clientId)
      .setSubject(configuration.clientId)
      .setAudience(configuration.tokenUrl)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('4m')
      .sign(key);
    const { status, text } = await exchange(configuration.tokenUrl, 'POST', {
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: scopes.join(' '),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }).toString(),
    });
    const answer = parse(text) as { access_token?: unknown; expires_in?: unknown } | undefined;
    if (status !== 200 || typeof answer?.access_token !== 'string') throw new Error(`sign-in answered ${status}`);
    const lifetimeS = typeof answer.expires_in === 'number' ? answer.expires_in : 60;
    return { value: answer.access_token, freshUntilMs: performance.now() + lifetimeS * 800 };
  }

  async function bearer(): Promise<string> {
    let current = await token?.catch(() => undefined);
    if (!current || current.freshUntilMs <= performance.now()) {
      token = signIn();
      current = await token;
    }
    return current.value;
  }

  function exchange(
    url: string,
    method: string,
    {
      headers,
      body,
      deadlineMs = longestDeadlineMs,
    }: { headers: Readonly<Record<string, string>>; body?: string | undefined; deadlineMs?: number },
  ): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
    const { protocol } = new URL(url);
    const options = { method, headers, agent: agents[protocol === 'https:' ? 'https:' : 'http:'] };
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(url, {
        ...options,
        signal: AbortSignal.timeout(deadlineMs),
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > mostBytes) request.destroy(new Error('the answer is too large'));
          else parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          });
        });
      });
      request.end(body);
    });
  }

  let troubles = 0;

  async function sendOnce(call: FhirCall): Promise<FhirAnswer & { retryAfterMs: number | undefined }> {
    const url = call.url.startsWith('http') ? call.url : `${base}/${call.url}`;
    if (!url.startsWith(`${base}/`)) throw new Error('a link leads out of the EHR');
    const { status, headers, text } = await exchange(url, call.method, {
      headers: {
        accept: 'application/fhir+json',
        authorization: `Bearer ${await bearer()}`,
        'x-request-id': randomUUID(),
        ...call.headers,
      },
      body: call.body,
      deadlineMs: call.deadlineMs ?? patienceMs,
    }).catch((error: unknown) => {
      troubles += 1;
      throw error;
    });
    if (status >= 500 || status === 401 || status === 429) troubles += 1;
    const pauseS = Number(headers['retry-after']);
    return {
      status,
      etag: headers.etag,
      location: headers.location,
      body: parse(text),
      retryAfterMs: Number.isFinite(pauseS) ? Math.min(pauseS * 1_000, longestPauseMs) : undefined,
    };
  }

  async function send(call: FhirCall): Promise<FhirAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await sendOnce(call);
      // A 429 or 503 says that nothing was done, so that a write may be sent again too.
      const postponed = answer.status === 429 || answer.status === 503;
      if (answer.status === 401) token = undefined;
      if (attempt === attempts || !(postponed || answer.status === 401)) return answer;
      if (postponed) await pause(answer.retryAfterMs ?? 200 * 2 ** attempt);
    }
  }

  return {
    send,
    troubles: () => troubles,
    async reachable(withinMs) {
      const endMs = performance.now() + withinMs;
      for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, longestReachPauseMs)) {
        try {
          await exchange(`${base}/metadata`, 'GET', { headers: { accept: 'application/fhir+json' } });
          return true;
        } catch {
          const leftMs = endMs - performance.now();
          if (leftMs <= 0) return false;
          await pause(Math.min(pauseMs, leftMs));
        }
      }
    },
    async searchAll(type, parameters) {
      const found: Resource[] = [];
      let call: FhirCall | undefined = {
        method: 'POST',
        url: `${type}/_search`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', prefer: 'handling=strict' },
        body: new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString(),
      };
      for (let page = 0; call && page < mostPages; page += 1) {
        const { status, body } = await send(call);
        if (status !== 200 || !isBundle(body)) throw new UnansweredSearch(type, status);
        found.push(
          ...(body.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === type ? [resource] : [])),
        );
        const next = body.link?.find(({ relation }) => relation === 'next')?.url;
        call = next === undefined ? undefined : { method: 'GET', url: next };
      }
      return found;
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

export const bookingScopes = [
  'system/Patient.rs',
  'system/Slot.rs',
  'system/Schedule.r',
  'system/Appointment.crus',
  'system/Subscription.crud',
];

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isBundle(value: unknown): value is Bundle {
  return typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType === 'Bundle';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
