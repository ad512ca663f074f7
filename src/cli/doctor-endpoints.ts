import { setMaxListeners } from 'node:events';
import { clientProof } from '../gather/sign-in.js';
import { paceOf } from '../gather/pace.js';
import { isMissing } from '../model/fact.js';
import type { SecretPlaces } from '../load/secrets.js';
import type { Environment, OrganizationProfile } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import type { Diagnosis } from '../report/diagnosis.js';
import { openDoor } from '../wire/door.js';
import type { Door, DoorRequest, DoorResponse, OriginRule, Purpose } from '../wire/exchange.js';
import { shownCertificate, type CertificateFacts } from '../wire/tls-probe.js';
import { TokenBucket } from '../wire/token-bucket.js';
import { WireFault } from '../wire/wire-fault.js';
import {
  answers,
  certificateWords,
  clockWords,
  smartWords,
  statementWords,
  tokenWords,
  type ClockBounds,
  type Verdict,
} from './doctor-words.js';
import { credentialsOf, originsOfEnvironment } from './run-inputs.js';

interface Ask {
  readonly area: 'endpoints' | 'sign-in';
  readonly what: string;
  readonly request: Omit<DoorRequest, 'deadlineMs' | 'signal'>;
  readonly judge: (response: DoorResponse) => Verdict;
}

export interface DoctorInputs {
  readonly organization: OrganizationProfile;
  readonly environmentId: string;
  readonly environment: Environment;
  readonly secretPlaces: SecretPlaces;
  /** One sign-in of every client that signs in by itself; otherwise no credential is used. */
  readonly signIn: boolean;
}

/** All of it together, whoever does not answer. */
const longestMs = 4_500;
const coarseClockMs = 1_000;

/** One request to each endpoint of the environment, the certificate of each host, and the time each host tells. */
export async function diagnoseEndpoints(inputs: DoctorInputs): Promise<Diagnosis[]> {
  const { organization, environment, secretPlaces } = inputs;
  const { origins, bases } = await originsOfEnvironment(environment, organization, secretPlaces);
  const { concurrency, requestsPerSecond } = paceOf(organization, environment);
  const door = openDoor({ origins, connectionsPerOrigin: Math.max(2, concurrency) });
  const pacing = new TokenBucket({ concurrency, requestsPerSecond });
  const signal = AbortSignal.timeout(longestMs);
  // Every request waits for it; there may be many, and that is no leak.
  setMaxListeners(0, signal);
  const clocks = new Map<string, ClockBounds>();
  const protocols = new Map<string, string>();
  try {
    const asks = [...endpointAsks(environment, bases), ...(inputs.signIn ? await signInAsks(inputs) : [])];
    const asked = asks.map((one) => ask(one, { door, pacing, signal, clocks, protocols }));
    const shown = originRules(origins).map((rule) => certificate(rule));
    const [answers, certificates] = await Promise.all([Promise.all(asked), Promise.all(shown)]);
    return [
      ...answers,
      ...certificates.flatMap(({ origin, facts }) => certificateWords(origin, facts, protocols.get(origin))),
      ...[...clocks].map(([origin, bounds]) => clockWords(origin, bounds)),
    ];
  } finally {
    await door.close();
  }
}

function endpointAsks(environment: Environment, bases: Partial<Record<Purpose, string>>): Ask[] {
  const base = environment.fhirBase.replace(/\/$/, '');
  const open = (purpose: Purpose, url: string): Ask['request'] => ({
    purpose,
    method: 'GET',
    url,
    headers: { accept: 'application/fhir+json, application/json;q=0.9' },
    carriesCredential: false,
    redirects: 'returned',
  });
  const reachable = (what: string, purpose: Purpose, url: string | undefined): Ask[] =>
    url === undefined ? [] : [{ area: 'endpoints', what, request: open(purpose, url), judge: answers }];
  return [
    { area: 'endpoints', what: 'metadata', request: open('fhir', `${base}/metadata`), judge: statementWords },
    {
      area: 'endpoints',
      what: 'smart-configuration',
      request: open('fhir', `${base}/.well-known/smart-configuration`),
      judge: (response) => smartWords(response, environment.tokenUrl),
    },
    ...reachable('token endpoint', 'token', environment.tokenUrl),
    ...reachable('authorization endpoint', 'authorize', environment.authorizeUrl),
    ...reachable('audit log', 'audit', bases.audit),
    ...reachable('AI system, query', 'ai-system', bases['ai-system']),
    ...reachable('AI system, control', 'ai-control', bases['ai-control']),
  ];
}

async function signInAsks({ organization, environmentId, environment, secretPlaces }: DoctorInputs): Promise<Ask[]> {
  const { tokenUrl } = environment;
  if (tokenUrl === undefined) return [];
  const credentials = await credentialsOf(organization, environmentId, secretPlaces);
  const asks: Ask[] = [];
  for (const binding of organization.auth?.bindings ?? []) {
    const credential = credentials.get(binding.id);
    if (binding.flow !== 'backend' || credential === undefined || isMissing(credential)) continue;
    const proof = await clientProof(binding, credential, tokenUrl);
    const form: [string, string][] = [['grant_type', 'client_credentials']];
    if (binding.scopes !== undefined) form.push(['scope', binding.scopes.join(' ')]);
    asks.push({
      area: 'sign-in',
      what: binding.id,
      request: {
        purpose: 'token',
        method: 'POST',
        url: tokenUrl,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          ...proof.headers,
        },
        body: new URLSearchParams([...form, ...proof.form]).toString(),
        carriesCredential: true,
      },
      judge: tokenWords,
    });
  }
  return asks;
}

interface Asking {
  readonly door: Door;
  readonly pacing: TokenBucket;
  readonly signal: AbortSignal;
  readonly clocks: Map<string, ClockBounds>;
  readonly protocols: Map<string, string>;
}

async function ask({ area, what, request, judge }: Ask, asking: Asking): Promise<Diagnosis> {
  const { door, pacing, signal, clocks, protocols } = asking;
  const about = { area, what } as const;
  const silent: Diagnosis = { ...about, level: 'unavailable', found: `no answer within ${longestMs / 1_000} s` };
  const turn = await pacing.take(signal).catch(() => undefined);
  if (turn === undefined) return silent;
  try {
    const sentMs = Date.now();
    const response = await door.exchange({ ...request, signal, deadlineMs: longestMs });
    const { origin } = new URL(request.url);
    noteClock(clocks, origin, response, sentMs, Date.now());
    if (response.connection.tlsProtocol !== undefined) protocols.set(origin, response.connection.tlsProtocol);
    if ([429, 502, 503, 504].includes(response.status)) {
      return { ...about, level: 'unavailable', found: `answers ${response.status}: not now` };
    }
    return { ...about, ...judge(response) };
  } catch (error) {
    if (error instanceof SafetyStop || !(error instanceof WireFault)) throw error;
    if (signal.aborted) return silent;
    const { reason, certificate: fault } = error;
    const away = ['unavailable', 'timeout', 'reset', 'host-not-found', 'refused', 'aborted'].includes(reason);
    const found = fault === undefined ? error.message : `${error.message} (${fault})`;
    return { ...about, level: away ? 'unavailable' : 'ill', found };
  } finally {
    turn.release();
  }
}

/** One rule for each https origin. */
function originRules(rules: readonly OriginRule[]): OriginRule[] {
  const secure = rules.filter(({ origin }) => origin.startsWith('https:'));
  return [...new Map(secure.map((rule) => [rule.origin, rule])).values()];
}

async function certificate({ origin, tls }: OriginRule): Promise<{ origin: string; facts?: CertificateFacts }> {
  const { hostname, port } = new URL(origin);
  try {
    const facts = await shownCertificate({
      host: hostname,
      port: port === '' ? 443 : Number(port),
      deadlineMs: longestMs,
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.caMode === undefined ? {} : { caMode: tls.caMode }),
    });
    return { origin, ...(facts === undefined ? {} : { facts }) };
  } catch (error) {
    if (error instanceof WireFault) return { origin };
    throw error;
  }
}

/** The header Date lies between sending and receiving, and is cut to its second (RFC 9110, section 6.6.1). */
function noteClock(
  clocks: Map<string, ClockBounds>,
  origin: string,
  { headers }: DoorResponse,
  sentMs: number,
  receivedMs: number,
): void {
  const dateMs = headers['age'] === undefined ? Date.parse(headers['date'] ?? '') : Number.NaN;
  if (Number.isNaN(dateMs)) return;
  const { atLeastMs = -Infinity, atMostMs = Infinity } = clocks.get(origin) ?? {};
  clocks.set(origin, {
    atLeastMs: Math.max(atLeastMs, dateMs - receivedMs),
    atMostMs: Math.min(atMostMs, dateMs + coarseClockMs - sentMs),
  });
}
