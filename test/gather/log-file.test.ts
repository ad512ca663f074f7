import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvRecords, linesOf, logText } from '../../src/gather/log-file.js';

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
const cells = async (text: string, size = 7, delimiter = ','): Promise<(readonly string[])[]> => {
  const rows: (readonly string[])[] = [];
  for await (const record of csvRecords(pieces(text, size), delimiter)) rows.push(record.cells);
  return rows;
};
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('records of a CSV file', () => {
  it('are what was written, wherever the pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, size) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join('\r\n');
          expect(await cells(text, size)).toEqual(rows);
        },
      ),
    );
  });

  it('know line breaks and delimiters inside quotes, and other delimiters outside', async () => {
    expect(await cells('a;"b;\nc";d\n\n1;2;3', 3, ';')).toEqual([
      ['a', 'b;\nc', 'd'],
      ['1', '2', '3'],
    ]);
  });

  it('HS-63 say where a quote opens that never closes', async () => {
    await expect(cells('a,b\n1,"2\n3,4\n')).rejects.toMatchObject({
      reason: 'truncated',
      message: expect.stringContaining('line 2') as string,
    });
  });

  it('HS-63 are bounded in length and in lines', async () => {
    await expect(cells(`a\n${'x'.repeat(1_100_000)}`, 65_536)).rejects.toMatchObject({ reason: 'too-large' });
    await expect(cells(`"${'\n'.repeat(5_000)}`, 65_536)).rejects.toMatchObject({ reason: 'too-large' });
  });
});

describe('lines', () => {
  it('are numbered from 1, the last one without a line break included', async () => {
    const lines: unknown[] = [];
    for await (const line of linesOf(pieces('a\nb\n\nc', 2))) lines.push(line);
    expect(lines).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
      { number: 3, text: '' },
      { number: 4, text: 'c' },
    ]);
  });
});

describe('the text of an exported log', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-log-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('keeps characters that lie across two pieces, and the digest of the bytes', async () => {
    const text = 'ä'.repeat(200_000);
    const path = join(home, 'log.csv');
    await writeFile(path, text);
    const read = logText(path);
    let seen = '';
    for await (const piece of read.chunks) seen += piece;
    expect(seen).toBe(text);
    expect(read.sha256()).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is read of regular files only', async () => {
    await symlink('/dev/zero', join(home, 'endless'));
    for (const path of [home, join(home, 'none'), join(home, 'endless')]) {
      await expect(logText(path).chunks.next()).rejects.toMatchObject({ exitCode: 2 });
    }
  });
});
