import { readFileSync } from 'node:fs';

/** What a reference AI system is told at its start, as one JSON file. */
export interface Configuration {
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
  /** What events posted to `/webhook` are signed with. */
  readonly webhookSecret: string;
  /** Whose diaries it offers: `Practitioner/<id>`, and the visit type it may book. */
  readonly providers: readonly string[];
  readonly visitType: string;
  /** Offers nothing earlier and nothing later than this from now. */
  readonly earliestDays: number;
  readonly latestDays: number;
  /** How long it lets a freed visit lie before it looks at it; absent: as long as the program's own habit. */
  readonly answersAfterMs?: number;
}

type Kind = 'string' | 'number' | 'list';
const required: Readonly<Record<Exclude<keyof Configuration, 'caFile' | 'answersAfterMs'>, Kind>> = {
  fhirBase: 'string',
  tokenUrl: 'string',
  clientId: 'string',
  keyFile: 'string',
  kid: 'string',
  algorithm: 'string',
  port: 'number',
  controlToken: 'string',
  webhookSecret: 'string',
  providers: 'list',
  visitType: 'string',
  earliestDays: 'number',
  latestDays: 'number',
};
const optional: Readonly<Record<'caFile' | 'answersAfterMs', Kind>> = { caFile: 'string', answersAfterMs: 'number' };

/** @throws TypeError that names the key which is missing or of the wrong type */
export function readConfiguration(file: string): Configuration {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  for (const [key, kind] of Object.entries(required)) {
    if (!isOf(kind, value[key])) throw new TypeError(`${key} must be a ${kind}`);
  }
  for (const [key, kind] of Object.entries(optional)) {
    if (value[key] !== undefined && !isOf(kind, value[key])) throw new TypeError(`${key} must be a ${kind}`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at above
  return value as unknown as Configuration;
}

function isOf(kind: Kind, value: unknown): boolean {
  return kind === 'list'
    ? Array.isArray(value) && value.every((each) => typeof each === 'string')
    : typeof value === kind && value !== '';
}
