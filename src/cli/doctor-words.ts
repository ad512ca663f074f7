import { parseJson } from '../fhir/json.js';
import { ToolError } from '../model/errors.js';
import type { Diagnosis } from '../report/diagnosis.js';
import { bearer } from '../wire/bearer.js';
import type { DoorResponse } from '../wire/exchange.js';
import type { CertificateFacts } from '../wire/tls-probe.js';
import { diagnoseValidity } from './doctor-secrets.js';

export type Verdict = Pick<Diagnosis, 'level' | 'found' | 'next'>;

/** Milliseconds a clock is at least and at most ahead of ours. */
export interface ClockBounds {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

const usableClockMs = 5_000;
const agreesMs = 1_000;

/** Without a credential most say 400, 401 or 405, and that is an answer. */
export const answers = ({ status }: DoorResponse): Verdict =>
  status >= 500
    ? { level: 'unavailable', found: `answers ${status}` }
    : { level: 'well', found: `is there (answers ${status})` };

function jsonOf({ body }: DoorResponse): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseJson(body);
  const value = 'value' in parsed ? parsed.value : undefined;
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

export function statementWords(response: DoorResponse): Verdict {
  const { status } = response;
  const statement = jsonOf(response);
  if (status !== 200 || statement?.['resourceType'] !== 'CapabilityStatement') {
    const found = `answers ${status}, ${statement?.['resourceType'] === 'CapabilityStatement' ? 'with a' : 'without a'} CapabilityStatement`;
    return { level: 'ill', found, next: 'Compare fhirBase with the address the EHR documents.' };
  }
  const version: unknown = statement['fhirVersion'];
  const known = typeof version === 'string' && /^\d{1,2}\.\d{1,2}\.\d{1,2}$/.test(version) ? version : undefined;
  if (known?.startsWith('4.0.') === true) return { level: 'well', found: `FHIR ${known}` };
  const next = 'This tool speaks FHIR R4 (4.0.x); name its base.';
  return { level: 'ill', found: known === undefined ? 'names no FHIR version' : `FHIR ${known}`, next };
}

export function smartWords(response: DoorResponse, tokenUrl: string | undefined): Verdict {
  const { status } = response;
  const document = status === 200 ? jsonOf(response) : undefined;
  if (document === undefined) return { level: 'note', found: `answers ${status} and no SMART configuration` };
  const named: unknown = document['token_endpoint'];
  if (typeof named !== 'string' || !URL.canParse(named)) return { level: 'note', found: 'names no token endpoint' };
  if (tokenUrl === undefined) {
    return { level: 'note', found: 'names a token endpoint, the file none', next: `tokenUrl: "${named}"` };
  }
  if (new URL(named).href === new URL(tokenUrl).href) return { level: 'well', found: 'names the tokenUrl of the file' };
  const next = 'Ask the EHR team which one is right; credentials go to the address of the file only.';
  return { level: 'ill', found: `names another token endpoint: ${named}`, next };
}

/** The token is looked at and let go. */
export function tokenWords(response: DoorResponse): Verdict {
  const { status } = response;
  const answer = jsonOf(response);
  const token: unknown = answer?.['access_token'];
  try {
    if (status === 200 && typeof token === 'string' && bearer(token) !== '')
      return { level: 'well', found: 'signed in' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
  }
  const code: unknown = answer?.['error'];
  const said = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
  const next = 'Compare client id, registered key set, kid, alg and scopes with the EHR team.';
  return { level: 'ill', found: `refused with ${status}${said}`, next };
}

export function certificateWords(
  origin: string,
  facts: CertificateFacts | undefined,
  protocol: string | undefined,
): Diagnosis[] {
  const about = { area: 'certificates', what: new URL(origin).host } as const;
  if (facts === undefined) return [{ ...about, level: 'unavailable', found: 'shows none: no handshake came about' }];
  const faults = [
    ...(facts.chain === 'valid' ? [] : [`the chain is ${facts.chain}`]),
    ...(facts.hostName === 'valid' ? [] : ['it is of another name']),
  ];
  const next = 'Name the authority that issued it in environments.*.tls.ca, or have the certificate replaced.';
  const validity = diagnoseValidity(about.what, facts.notAfter, Date.now());
  if (faults.length > 0) return [{ ...about, level: 'ill', found: faults.join(', '), next }];
  return [{ ...validity, found: `chain valid, ${protocol ?? 'TLS'}, ${validity.found}` }];
}

export function clockWords(origin: string, { atLeastMs, atMostMs }: ClockBounds): Diagnosis {
  const about = { area: 'clocks', what: new URL(origin).host } as const;
  const [low, high] = [Math.min(atLeastMs, atMostMs), Math.max(atLeastMs, atMostMs)];
  const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
  const offMs = Math.max(0, low, -high);
  if (offMs <= agreesMs) {
    return { ...about, level: 'well', found: `between ${seconds(low)} and ${seconds(high)} ahead` };
  }
  const found = `at least ${seconds(offMs)} ${low > 0 ? 'ahead' : 'behind'}`;
  const next = 'Set one of the two by NTP: tokens, audit records and times depend on it.';
  return { ...about, level: offMs > usableClockMs ? 'ill' : 'note', found, next };
}
