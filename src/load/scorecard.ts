import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Check } from 'typebox/value';
import { ToolError } from '../model/errors.js';
import { scorecardSchema, type Scorecard } from '../model/scorecard.js';

const maxBytes = 64 * 1024 * 1024;

export interface RecordedScorecard {
  readonly scorecard: Scorecard;
  /** As it stands in the file. */
  readonly text: string;
}

/**
 * A scorecard.json by itself: nobody has compared it with any evidence.
 * @throws ToolError (exit 2) `not-a-file`, `file-too-large`, `not-a-scorecard`; its content is never in the message
 */
export async function readScorecard(path: string): Promise<RecordedScorecard> {
  const name = basename(path);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => {
    throw new ToolError('not-a-file', `${name}: there is no regular file of this name that can be read`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new ToolError('not-a-file', `${name}: not a regular file`);
    if (stats.size > maxBytes) throw new ToolError('file-too-large', `${name}: larger than 64 MiB`);
    const text = await handle.readFile('utf8');
    return { scorecard: parsed(text, name), text };
  } finally {
    await handle.close();
  }
}

function parsed(text: string, name: string): Scorecard {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (Check(scorecardSchema, value)) return value;
  throw new ToolError('not-a-scorecard', `${name}: not a scorecard of this version`, {
    next: 'Give a scorecard.json that this version of the tool wrote.',
  });
}

/** The scorecard.json of a run folder. */
export const readRecordedScorecard = (folder: string): Promise<RecordedScorecard> =>
  readScorecard(join(folder, 'scorecard.json'));
