import { readFileSync } from 'node:fs';

/** Ways the app can be wrong; none is on unless its configuration names it. */
export const appFaults = [
  'issuer-of-anyone',
  'issuer-by-prefix',
  'launch-not-needed',
  'state-unchecked',
  'state-of-any-browser',
  'state-kept',
  'state-short',
  'next-followed',
  'viewer-open',
  'export-open',
  'search-open',
  'patient-unchecked',
  'role-unchecked',
  'kind-unchecked',
  'organization-unchecked',
  'session-of-browser',
  'banner-of-last-launch',
  'second-ends-first',
  'session-without-end',
] as const;
export type AppFault = (typeof appFaults)[number];

export const isAppFault = (name: string): name is AppFault => appFaults.some((each) => each === name);

/** An organization whose EHR may open the app, and the app's client there. */
export interface ServedOrganization {
  /** Stands in the path of its pages. */
  readonly id: string;
  readonly fhirBase: string;
  readonly clientId: string;
  /** Absolute path of the private key as PKCS #8 PEM. */
  readonly keyFile: string;
  readonly kid: string;
  readonly algorithm: 'RS384' | 'ES384';
  /** Who works there and as what; only a physician may open the app. */
  readonly people: readonly { readonly fhirUser: string; readonly role: string }[];
}

/** What the app is told at its start, as one JSON file. */
export interface NoteAppConfiguration {
  /** CA to trust where it is not a public one. */
  readonly caFile?: string;
  /** 0: a free port, printed at start. */
  readonly port: number;
  readonly organizations: readonly ServedOrganization[];
  /** Left alone for so long a session ends. */
  readonly idleSeconds: number;
  readonly faults: readonly AppFault[];
}

/** @throws TypeError that names the key which is missing or of the wrong type */
export function readNoteAppConfiguration(file: string): NoteAppConfiguration {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const wanted: Readonly<Record<keyof NoteAppConfiguration, (given: unknown) => boolean>> = {
    caFile: (given) => given === undefined || typeof given === 'string',
    port: (given) => typeof given === 'number',
    organizations: (given) => Array.isArray(given) && given.length > 0,
    idleSeconds: (given) => typeof given === 'number' && given > 0,
    faults: (given) => Array.isArray(given) && given.every((each) => typeof each === 'string' && isAppFault(each)),
  };
  for (const [key, fits] of Object.entries(wanted)) {
    if (!fits(value[key])) throw new TypeError(`${key} is missing or of the wrong type`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was looked at above
  return value as unknown as NoteAppConfiguration;
}
