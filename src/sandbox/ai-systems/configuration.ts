import { readFileSync } from 'node:fs';

/** What every reference AI system is told at its start, as one JSON file. */
export interface ProductConfiguration {
  readonly fhirBase: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Absolute paths: private key as PKCS #8 PEM, and the CA to trust where it is not a public one. */
  readonly keyFile: string;
  readonly caFile?: string;
  readonly kid: string;
  readonly algorithm: 'RS384' | 'ES384';
  /** 0: a free port, printed at start. */
  readonly port: number;
  /** Bearer token of every door of the program. */
  readonly controlToken: string;
  /** What events posted to `/webhook` are signed with, and the answers it posts. */
  readonly webhookSecret: string;
}

/** One that books visits. */
export interface Configuration extends ProductConfiguration {
  /** Whose diaries it offers: `Practitioner/<id>`, and the visit type it may book. */
  readonly providers: readonly string[];
  readonly visitType: string;
  /** Offers nothing earlier and nothing later than this from now. */
  readonly earliestDays: number;
  readonly latestDays: number;
  /** How long it lets a freed visit lie before it looks at it; absent: as long as the program's own habit. */
  readonly answersAfterMs?: number;
  /** It answers about slots out of a copy that it makes anew at this interval; absent: it reads when it is asked. */
  readonly copiesEveryMs?: number;
  /** Says 202 to an event that names an address for the answer (`answerTo`), and posts the answer there when it is done. */
  readonly answersLater?: boolean;
  /** Absolute path of a file it logs its writes in, one JSON object a line; absent: it keeps no log. */
  readonly logFile?: string;
  /** What is wrong with that log, or with what it says of slots. */
  readonly faults?: readonly string[];
}

/** One that drafts notes. */
export interface ScribeConfiguration extends ProductConfiguration {
  /** LOINC code of the notes it writes. */
  readonly noteType: string;
}

type Kind = 'string' | 'number' | 'boolean' | 'list';
const ofEvery: Readonly<Record<Exclude<keyof ProductConfiguration, 'caFile'>, Kind>> = {
  fhirBase: 'string',
  tokenUrl: 'string',
  clientId: 'string',
  keyFile: 'string',
  kid: 'string',
  algorithm: 'string',
  port: 'number',
  controlToken: 'string',
  webhookSecret: 'string',
};
const ofBooking: Readonly<
  Record<Exclude<keyof Configuration, keyof ProductConfiguration | keyof typeof optional>, Kind>
> = {
  providers: 'list',
  visitType: 'string',
  earliestDays: 'number',
  latestDays: 'number',
};
const optional: Readonly<
  Record<'caFile' | 'answersAfterMs' | 'copiesEveryMs' | 'answersLater' | 'logFile' | 'faults', Kind>
> = {
  caFile: 'string',
  answersAfterMs: 'number',
  copiesEveryMs: 'number',
  answersLater: 'boolean',
  logFile: 'string',
  faults: 'list',
};

/** @throws TypeError that names the key which is missing or of the wrong type */
export const readConfiguration = (file: string): Configuration =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at
  read(file, { ...ofEvery, ...ofBooking }) as unknown as Configuration;

/** @throws as `readConfiguration` */
export const readScribeConfiguration = (file: string): ScribeConfiguration =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at
  read(file, { ...ofEvery, noteType: 'string' }) as unknown as ScribeConfiguration;

/** @throws as `readConfiguration` */
export const readProductConfiguration = (file: string): ProductConfiguration =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at
  read(file, ofEvery) as unknown as ProductConfiguration;

function read(file: string, required: Readonly<Record<string, Kind>>): Record<string, unknown> {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  for (const [key, kind] of Object.entries(required)) {
    if (!isOf(kind, value[key])) throw new TypeError(`${key} must be a ${kind}`);
  }
  for (const [key, kind] of Object.entries(optional)) {
    if (value[key] !== undefined && !isOf(kind, value[key])) throw new TypeError(`${key} must be a ${kind}`);
  }
  return value;
}

function isOf(kind: Kind, value: unknown): boolean {
  return kind === 'list'
    ? Array.isArray(value) && value.every((each) => typeof each === 'string')
    : typeof value === kind && value !== '';
}
