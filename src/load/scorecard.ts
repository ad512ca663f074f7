import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Compile } from 'typebox/compile';
import { ToolError } from '../model/errors.js';
import { scorecardSchema, type Scorecard } from '../model/scorecard.js';

const maxBytes = 64 * 1024 * 1024;

export interface RecordedScorecard {
  readonly scorecard: Scorecard;
  /** As it stands in the file. */
  readonly text: string;
}

/**
 * A scorecard.json by itself: nobody has compared it with any evidence, so it is held against the published schema and the
 * first place that does not fit is named.
 * @throws ToolError (exit 2) `not-a-file`, `file-too-large`, `not-a-scorecard`; its content is never in the message
 */
export async function readScorecard(path: string): Promise<RecordedScorecard> {
  const text = await textOf(path);
  const value = parsed(text);
  const { Ajv } = await import('ajv');
  const validate = new Ajv({ allowUnionTypes: true }).compile<Scorecard>(scorecardSchema);
  if (validate(value)) return { scorecard: value, text };
  const [first] = validate.errors ?? [];
  throw notAScorecard(
    basename(path),
    first === undefined ? '' : `: ${first.instancePath || '/'} ${first.message ?? ''}`,
  );
}

/**
 * The scorecard.json of a run folder; its bytes are compared with what the evidence gives.
 * @throws ToolError as above
 */
export async function readRecordedScorecard(folder: string): Promise<RecordedScorecard> {
  const path = join(folder, 'scorecard.json');
  const text = await textOf(path);
  const value = parsed(text);
  // Compiled by typebox: a tenth of the time, and nobody reads the place of a fault here.
  if (Compile(scorecardSchema).Check(value)) return { scorecard: value, text };
  throw notAScorecard(basename(path), '');
}

async function textOf(path: string): Promise<string> {
  const name = basename(path);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => {
    throw new ToolError('not-a-file', `${name}: there is no regular file of this name that can be read`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new ToolError('not-a-file', `${name}: not a regular file`);
    if (stats.size > maxBytes) throw new ToolError('file-too-large', `${name}: larger than 64 MiB`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notAScorecard = (name: string, place: string): ToolError =>
  new ToolError('not-a-scorecard', `${name}: not a scorecard of this version${place}`, {
    next: 'Give a scorecard.json that this version of the tool wrote.',
  });
