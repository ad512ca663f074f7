import { createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { compareCodeUnits } from '../../src/model/order.js';
import { chainLine, chainStart, sha256Hex } from '../../src/model/chain.js';

/** The last run below a folder. @throws Error when there is none */
export async function newestRun(runs: string): Promise<string> {
  const newest = (await readdir(runs).catch(() => [])).sort(compareCodeUnits).at(-1);
  if (newest === undefined) throw new Error('no recorded run: the demo has to come first');
  return join(runs, newest);
}

/** A copy of a run whose evidence holds so many exchanges: its own over and over, each with an id of its own. */
export async function enlargedRun(run: string, into: string, exchanges: number): Promise<void> {
  await mkdir(into);
  await cp(join(run, 'inputs'), join(into, 'inputs'), { recursive: true });
  await cp(join(run, 'journal.ndjson'), join(into, 'journal.ndjson'));
  const lines = (await readFile(join(run, 'evidence.ndjson'), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { seq: number; previous: string; type: string });
  const models = lines.filter(({ type }) => type === 'exchange');
  const file = createWriteStream(join(into, 'evidence.ndjson'), { highWaterMark: 4 * 1024 * 1024 });
  let seq = 0;
  let previous = chainStart;
  const append = async ({ seq: _seq, previous: _previous, ...body }: (typeof lines)[number]): Promise<void> => {
    const line = chainLine(seq, previous, body);
    seq += 1;
    previous = sha256Hex(line);
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  };
  for (const [index, line] of lines.entries()) {
    await append(line);
    if (index > 0) continue;
    for (let more = 0; more < exchanges - models.length; more++) {
      const id = `more-${more}`;
      await append({ ...models[more % models.length]!, id } as unknown as (typeof lines)[number]);
    }
  }
  file.end();
  await once(file, 'close');
}
