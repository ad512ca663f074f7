import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Reference } from '../model/documents/parts.js';
import { ToolError } from '../model/errors.js';

export interface SecretPlaces {
  /** Folder of the organization file. */
  readonly profileFolder: string;
  /** A second folder `file:` references may lie in; looked at first. */
  readonly secretsFolder?: string;
  /** Names of environment variables allowed besides `EHR_SCORECARD_…`. */
  readonly allowEnv?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What can be said about a secret without reading it. */
export type SecretFacts =
  | { readonly kind: 'env'; readonly name: string; readonly exists: boolean }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly exists: boolean;
      /** Permission bits, such as 0o600; absent when the file does not exist, and on Windows, which has none. */
      readonly mode?: number;
      /** Owned by another user. */
      readonly foreignOwner?: boolean;
    };

const envPrefix = 'EHR_SCORECARD_';
const maxSecretBytes = 65_536;
const hasModes = process.platform !== 'win32';

/** Why a reference may not be used at all, from its text alone; undefined when it may (safety rule 30). */
export function refusedReference(ref: string, allowEnv: readonly string[] = []): string | undefined {
  if (ref.startsWith('env:')) {
    const name = ref.slice('env:'.length);
    return name.startsWith(envPrefix) || allowEnv.includes(name)
      ? undefined
      : `only variables that start with ${envPrefix} are read`;
  }
  const path = ref.slice('file:'.length);
  const outside = isAbsolute(path) || /^[A-Za-z]:|\\/.test(path) || path.split('/').includes('..');
  return outside ? 'a file reference is a relative path inside the folder of the organization file' : undefined;
}

/**
 * Whether a secret is there and who may read it; never its value.
 * @throws {ToolError} `reference-not-allowed`, `reference-leads-outside`, `reference-not-a-file`
 */
export async function inspectSecret({ ref }: Reference, places: SecretPlaces): Promise<SecretFacts> {
  const refused = refusedReference(ref, places.allowEnv);
  if (refused !== undefined) throw new ToolError('reference-not-allowed', `A reference is not allowed: ${refused}.`);
  const name = ref.slice(ref.indexOf(':') + 1);
  if (ref.startsWith('env:')) return { kind: 'env', name, exists: environmentValue(name, places) !== undefined };
  const path = await fileInside(name, places);
  if (path === undefined) return { kind: 'file', name, exists: false };
  const { mode, uid } = await stat(path);
  const foreignOwner = process.getuid !== undefined && uid !== process.getuid() && uid !== 0;
  return { kind: 'file', name, exists: true, ...(hasModes && { mode: mode & 0o777, foreignOwner }) };
}

/**
 * The value a reference stands for; of a file the text without a trailing line break. Only commands that talk to the
 * EHR call this, and the value goes to nothing but the origin the file lists for it. A certificate is no secret: its file
 * may be readable by others when `anyoneMayRead` is said.
 * @throws {ToolError} `secret-missing`, `secret-readable-by-others`, `secret-too-large` and those of `inspectSecret`
 */
export async function resolveSecret(
  reference: Reference,
  places: SecretPlaces,
  { anyoneMayRead = false } = {},
): Promise<string> {
  const facts = await inspectSecret(reference, places);
  const missing = new ToolError('secret-missing', `The secret ${facts.kind}:${facts.name} does not exist.`, {
    next: facts.kind === 'env' ? 'Set the variable for this command.' : 'Put the file beside the organization file.',
  });
  if (!facts.exists) throw missing;
  if (facts.kind === 'env') {
    const value = environmentValue(facts.name, places);
    if (value === undefined) throw missing;
    return value;
  }
  if (!anyoneMayRead && facts.mode !== undefined && (facts.mode & 0o077) !== 0) {
    throw new ToolError('secret-readable-by-others', `The file ${facts.name} can be read by other users.`, {
      next: `chmod 600 ${facts.name}`,
    });
  }
  const path = await fileInside(facts.name, places);
  if (path === undefined) throw missing;
  // The path is real by now; no link may have taken its place since.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if ((await handle.stat()).size > maxSecretBytes) {
      throw new ToolError('secret-too-large', `The file ${facts.name} is larger than ${maxSecretBytes} bytes.`);
    }
    return (await handle.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await handle.close();
  }
}

/**
 * Where a file a reference names lies, for what is read piece by piece; undefined when there is none.
 * @throws {ToolError} those of `inspectSecret`, and `reference-not-a-file` for a variable
 */
export async function referencedFile({ ref }: Reference, places: SecretPlaces): Promise<string | undefined> {
  const refused = refusedReference(ref, places.allowEnv);
  if (refused !== undefined) throw new ToolError('reference-not-allowed', `A reference is not allowed: ${refused}.`);
  if (ref.startsWith('env:')) throw new ToolError('reference-not-a-file', 'A file is named here, not a variable.');
  return fileInside(ref.slice('file:'.length), places);
}

function environmentValue(name: string, places: SecretPlaces): string | undefined {
  const value = (places.environment ?? process.env)[name];
  return value === '' ? undefined : value;
}

/** The real path of a regular file inside one of the folders; undefined when it is in none. */
async function fileInside(name: string, places: SecretPlaces): Promise<string | undefined> {
  for (const folder of [places.secretsFolder, places.profileFolder]) {
    if (folder === undefined) continue;
    const realFolder = await existingRealPath(folder);
    const real = await existingRealPath(join(folder, name));
    if (realFolder === undefined || real === undefined) continue;
    const inside = relative(realFolder, real);
    if (inside === '' || inside.split(sep)[0] === '..' || isAbsolute(inside)) {
      throw new ToolError('reference-leads-outside', `The file reference ${name} leads outside its folder.`, {
        next: 'Put the file itself there; links to other places are not followed.',
      });
    }
    if (!(await stat(real)).isFile()) {
      throw new ToolError('reference-not-a-file', `The file reference ${name} is not a regular file.`);
    }
    return real;
  }
  return undefined;
}

async function existingRealPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
