import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadWitnessSheet } from '../../src/load/witness-sheet.js';
import { ToolError } from '../../src/model/errors.js';

const context = {
  runId: 'run-1',
  actions: ['book'],
  startedAt: '2026-11-20T08:00:00.000Z',
  now: new Date('2026-11-20T09:00:00.000Z'),
};
const sheet = [
  '# Witness sheet',
  '',
  '```yaml',
  'apiVersion: ehr-scorecard/v1',
  'kind: WitnessSheet',
  'run: run-1',
  'witnesses: [{name: A. Doe}, {name: B. Roe}]',
  'seen:',
  '  - {action: book, at: "2026-11-20T08:30Z", found: true, word: BCDFGHJK}',
  'drills:',
  '  - {control: undo, action: book, at: "2026-11-20T02:40-06:00", minutes: 4, held: true}',
  '```',
  '',
].join('\n');

let file: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-sheet-'));
  file = join(folder, 'witness.md');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const loaded = async (text: string) => {
  await writeFile(file, text);
  return loadWitnessSheet(file, context);
};

it('is read out of the printed page, and by itself', async () => {
  const whole = await loaded(sheet);
  const alone = await loaded(sheet.split('```')[1]?.replace('yaml\n', '') ?? '');
  expect(alone.sheet).toEqual(whole.sheet);
  expect(alone.sha256).not.toBe(whole.sha256);
  expect(whole.sheet.seen).toEqual([{ action: 'book', at: '2026-11-20T08:30Z', found: true, word: 'BCDFGHJK' }]);
});

it('counts times with their offset', async () => {
  // 08:40 in the zone of the clinic would be later than now.
  await expect(loaded(sheet.replace('02:40-06:00', '08:40-06:00'))).rejects.toMatchObject({
    code: 'impossible-time',
    span: { line: 11 },
  });
  await expect(loaded(sheet.replace('02:40-06:00', '02:40'))).rejects.toMatchObject({ span: { line: 11 } });
});

it('a damaged sheet loads or is refused with a reason, never anything else', async () => {
  const snippet = fc.constantFrom(
    '',
    '{',
    ']',
    ':',
    '&a ',
    '*a',
    '__proto__: 1\n',
    '```',
    '\u0000',
    '1e999',
    '~',
    '!x ',
  );
  const mutation = fc.record({ at: fc.nat(sheet.length), cut: fc.nat(20), snippet });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      let damaged = sheet;
      for (const { at, cut, snippet: put } of mutations) damaged = damaged.slice(0, at) + put + damaged.slice(at + cut);
      const result = await loaded(damaged).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(ToolError);
        expect((result as ToolError).exitCode).toBe(2);
      } else expect(result).toHaveProperty('sheet');
    }),
    { numRuns: 150 },
  );
});
