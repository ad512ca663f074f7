import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { ToolError } from '../model/errors.js';
import { printable } from './code-frame.js';
import { didYouMean } from './schema-faults.js';

export const maxFileBytes = 1024 * 1024;

/** A file by the name a person knows it by. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The bytes of a regular file of at most 1 MiB.
 * @throws {ToolError} `file-not-found`, `file-not-readable`, `not-a-file`, `file-too-large`
 */
export async function readDocumentFile(path: string | URL, name = String(path)): Promise<FileBytes> {
  const shown = printable(name);
  // Non-blocking: opening a named pipe would wait for its other end forever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new ToolError('file-not-found', `There is no file ${shown}.`, { next: 'Check the path.' })
      : new ToolError('file-not-readable', `The file ${shown} cannot be opened (${error.code ?? 'unknown'}).`);
  });
  try {
    const { size, isFile } = await handle.stat().then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    if (!isFile) throw new ToolError('not-a-file', `${shown} is not a regular file.`);
    if (size > maxFileBytes) throw tooLarge(shown);
    const buffer = Buffer.alloc(maxFileBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length));
    }
    if (length > maxFileBytes) throw tooLarge(shown);
    return { name, bytes: Uint8Array.from(buffer.subarray(0, length)) };
  } finally {
    await handle.close();
  }
}

/**
 * Text of a document's bytes.
 * @throws {ToolError} `file-too-large`, `not-utf8`
 */
export function documentText({ name, bytes }: FileBytes): string {
  if (bytes.length > maxFileBytes) throw tooLarge(printable(name));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ToolError('not-utf8', `${printable(name)} is not UTF-8 text.`);
  }
}

export type ProfileFolder = 'contracts' | 'organizations' | 'ehr' | 'policies';

export interface ShippedFiles {
  /** `profiles/` of the installed package, with a trailing slash. */
  readonly profilesFolder: URL;
  /** Files of a run folder by name; when given, nothing is read from disk. */
  readonly inputs?: ReadonlyMap<string, Uint8Array>;
}

/** Names a document may stand for in `extends`, sorted; the run folder's own when `inputs` is given. */
export async function shippedNames(folder: ProfileFolder, { profilesFolder, inputs }: ShippedFiles): Promise<string[]> {
  const files =
    inputs === undefined
      ? await readdir(new URL(`${folder}/`, profilesFolder)).catch(() => [])
      : [...inputs.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A shipped file by its name; undefined, with the nearest name, when there is none. Its own name is `FOLDER/NAME.yaml`. */
export async function readShipped(
  folder: ProfileFolder,
  name: string,
  files: ShippedFiles,
): Promise<FileBytes | { readonly known: readonly string[]; readonly hint: string }> {
  const known = await shippedNames(folder, files);
  if (!known.includes(name)) return { known, hint: didYouMean(name, known) };
  const shown = `${folder}/${name}.yaml`;
  const bytes = files.inputs?.get(shown);
  return bytes === undefined
    ? await readDocumentFile(new URL(shown, files.profilesFolder), shown)
    : { name: shown, bytes };
}

function tooLarge(name: string): ToolError {
  return new ToolError('file-too-large', `${name} is larger than 1 MiB.`, {
    next: 'A contract or profile is a few hundred lines; is this the right file?',
  });
}
