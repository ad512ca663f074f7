import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';

/** Ways the order advisor can be wrong; none is on unless its configuration names it. */
export const advisorFaults = [
  'card-invalid',
  'card-without-id',
  'card-on-every-call',
  'system-action',
  'no-feedback',
  'advice-without-data',
  'error-without-data',
  'asks-for-more',
  'slow',
  'caller-unknown',
  'caller-unsigned',
  'caller-shared-secret',
  'caller-signature-unchecked',
  'caller-other-audience',
  'caller-expired',
  'caller-replayed',
  'caller-names-its-keys',
  'caller-other-tenant',
] as const;
export type AdvisorFault = (typeof advisorFaults)[number];

export const isAdvisorFault = (name: string): name is AdvisorFault => advisorFaults.some((each) => each === name);

/** An EHR that may call it, as both sides agreed. */
export interface TrustedCaller {
  readonly issuer: string;
  /** Absent: one issuer is one organization. */
  readonly tenant?: string;
  readonly keys: readonly JWK[];
}

/** What the order advisor is told at its start, as one JSON file. */
export interface AdvisorConfiguration {
  /** The EHR it may read from, with the token a call brings. */
  readonly fhirBase: string;
  /** CA to trust where it is not a public one. */
  readonly caFile?: string;
  /** 0: a free port, printed at start. */
  readonly port: number;
  readonly callers: readonly TrustedCaller[];
  readonly faults: readonly AdvisorFault[];
  /** Absolute path of a file it writes down in what became of its cards, one JSON object a line; absent: nowhere. */
  readonly logFile?: string;
}

/** @throws TypeError that names the key which is missing or of the wrong type */
export function readAdvisorConfiguration(file: string): AdvisorConfiguration {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const wanted: Readonly<Record<keyof AdvisorConfiguration, (given: unknown) => boolean>> = {
    fhirBase: (given) => typeof given === 'string' && given !== '',
    caFile: (given) => given === undefined || typeof given === 'string',
    logFile: (given) => given === undefined || typeof given === 'string',
    port: (given) => typeof given === 'number',
    callers: Array.isArray,
    faults: (given) =>
      Array.isArray(given) && given.every((each) => (advisorFaults as readonly unknown[]).includes(each)),
  };
  for (const [key, fits] of Object.entries(wanted)) {
    if (!fits(value[key])) throw new TypeError(`${key} is missing or of the wrong type`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at above
  return value as unknown as AdvisorConfiguration;
}
