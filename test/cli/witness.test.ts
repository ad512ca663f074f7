import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { collectWitnessSheet } from '../../src/cli/collect.js';
import { readRunFolder } from '../../src/load/run-folder.js';
import type { WitnessSheet } from '../../src/model/documents/witness-sheet.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { renderWitnessSheet } from '../../src/report/witness-sheet.js';
import { trial } from '../support/trial.js';
import { witnesses } from '../support/witnesses.js';
import { places } from '../support/places.js';

const root = new URL('../../', import.meta.url);
const watched = ['write.visible-to-staff', 'prod.kill-switch', 'hipaa.session-and-emergency', 'rollback.compensate'];

const of = ({ checks }: Scorecard, id: string) => {
  const found = checks.find((check) => check.id === id);
  return { outcome: found?.outcome, grade: found?.grade, reason: found?.reason ?? null };
};

describe('collect --witness', () => {
  let home: string;
  let folder: string;
  let word: string;
  let runId: string;
  let startedAt: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-witness-'));
    folder = join(home, 'run');
    const people = witnesses();
    await trial({
      workflow: 'documentation',
      checks: watched,
      witness: people.witness,
      afterwards: (run) => cp(run.folder, folder, { recursive: true }),
    });
    word = people.words.get('file-draft') ?? '';
    ({ runId, startedAt } = (await readRunFolder(folder)).header);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const sheet = (more: Partial<WitnessSheet> = {}): WitnessSheet => ({
    apiVersion: 'ehr-scorecard/v1',
    kind: 'WitnessSheet',
    run: runId,
    witnesses: [{ name: 'A. Doe', role: 'nurse' }, { name: 'B. Roe' }],
    seen: [{ action: 'file-draft', at: startedAt.replace(/\.\d+Z$/, 'Z'), found: true, word }],
    ...more,
  });
  const at = () => new Date().toISOString().slice(0, 16) + 'Z';
  const prepared = async (content: WitnessSheet | string) => {
    const own = await mkdtemp(join(home, 'case-'));
    const run = join(own, 'run');
    await cp(folder, run, { recursive: true });
    const file = join(own, 'witness.md');
    await writeFile(file, typeof content === 'string' ? content : stringify(content));
    return { run, file };
  };
  const collected = async (content: WitnessSheet | string) => {
    const { run, file } = await prepared(content);
    return { run, ...(await collectWitnessSheet(run, file, places)) };
  };

  it('keeps no word in the run folder', async () => {
    expect(word).toMatch(/^[A-Z]{8}$/);
    for (const name of ['evidence.ndjson', 'journal.ndjson'])
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(word);
  });

  it('turns what only the interface showed into a witnessed pass', async () => {
    const { run, scorecard, witnessed } = await collected(sheet());
    expect(witnessed).toMatchObject({ sightings: 1, wrongWords: 0 });
    expect(of(scorecard, 'write.visible-to-staff')).toEqual({ outcome: 'pass', grade: 'witnessed', reason: null });
    expect((await readRunFolder(run)).segments).toMatchObject([{ kind: 'witness-sheet' }]);
  });

  it('reads the word in any case and with spaces', async () => {
    const { witnessed } = await collected(
      sheet({
        seen: [
          {
            action: 'file-draft',
            at: at(),
            found: true,
            word: `${word.slice(0, 4).toLowerCase()} - ${word.slice(4)}`,
          },
        ],
      }),
    );
    expect(witnessed.sightings).toBe(1);
  });

  it('judges drills by the limits of the contract', async () => {
    const drills = (minutes: readonly number[]) =>
      sheet({
        drills: minutes.map((each) => ({ control: 'undo', action: 'file-draft', at: at(), minutes: each, held: true })),
      });
    const { scorecard } = await collected(drills([5, 10, 1440]));
    expect(of(scorecard, 'rollback.compensate')).toEqual({ outcome: 'pass', grade: 'witnessed', reason: null });
    // The contract gives the person one day.
    expect(of((await collected(drills([5, 10, 1441]))).scorecard, 'rollback.compensate').outcome).toBe('fail');
    expect(of((await collected(drills([5, 10]))).scorecard, 'rollback.compensate').reason).toBe('holder-not-shown');
  });

  it('takes the switch, the idle screen and the downtime drill', async () => {
    const { scorecard } = await collected(
      sheet({
        stop: { agreedMinutes: 5, drills: [{ at: at(), by: 'A. Doe', minutes: 3, wroteAfterwards: false }] },
        idle: { agreedMinutes: 15, tries: [{ at: at(), locked: true }] },
        downtime: [{ at: at(), worked: true }],
      }),
    );
    expect(of(scorecard, 'prod.kill-switch')).toEqual({ outcome: 'pass', grade: 'witnessed', reason: null });
    expect(of(scorecard, 'hipaa.session-and-emergency')).toMatchObject({ outcome: 'warn' });
  });

  it('HS-72 counts nothing good beside a word that is not of this run, and everything bad', async () => {
    const wrong = { seen: [{ action: 'file-draft', at: at(), found: true, word: 'BCDFGHJK' }] };
    const drill = (wroteAfterwards: boolean) => ({
      stop: { agreedMinutes: 5, drills: [{ at: at(), by: 'A. Doe', minutes: 3, wroteAfterwards }] },
    });
    await expect(collected(sheet({ ...wrong, ...drill(false) }))).rejects.toMatchObject({ code: 'nothing-counted' });
    const { scorecard } = await collected(sheet({ ...wrong, ...drill(true) }));
    expect(of(scorecard, 'prod.kill-switch').outcome).toBe('fail');
    expect(of(scorecard, 'write.visible-to-staff').outcome).toBe('warn');
  });

  it('takes what was looked for and not found without a word', async () => {
    const { scorecard } = await collected(sheet({ seen: [{ action: 'file-draft', at: at(), found: false }] }));
    expect(of(scorecard, 'write.visible-to-staff').outcome).toBe('fail');
  });

  it.each<[string, (whole: WitnessSheet) => WitnessSheet | string]>([
    ['sheet-of-another-run', (whole) => ({ ...whole, run: 'another' })],
    ['one-witness', (whole) => ({ ...whole, witnesses: [{ name: 'A. Doe' }, { name: 'a. doe ' }] })],
    ['dangling-reference', (whole) => ({ ...whole, seen: [{ action: 'file', at: at(), found: false }] })],
    ['no-word', (whole) => ({ ...whole, seen: [{ action: 'file-draft', at: at(), found: true }] })],
    [
      'impossible-time',
      (whole) => ({ ...whole, seen: [{ action: 'file-draft', at: '2020-01-01T08:00Z', found: false }] }),
    ],
    ['impossible-time', (whole) => ({ ...whole, downtime: [{ at: '2099-01-01T08:00Z', worked: true }] })],
    ['unknown-key', (whole) => `${stringify(whole)}sen: []\n`],
    ['no-sheet', (whole) => `\`\`\`yaml\n${stringify(whole)}`],
  ])('refuses %s and leaves the evidence as it was', async (code, change) => {
    const { run, file } = await prepared(change(sheet()));
    await expect(collectWitnessSheet(run, file, places)).rejects.toMatchObject({ code, exitCode: 2 });
    const evidence = 'evidence.ndjson';
    expect(await readFile(join(run, evidence), 'utf8')).toBe(await readFile(join(folder, evidence), 'utf8'));
  });

  it('names the place in the printed sheet', async () => {
    const text = `# Witness sheet\n\nText\n\n\`\`\`yaml\n${stringify(sheet({ run: 'another' }))}\`\`\`\n`;
    await expect(collected(text)).rejects.toMatchObject({ span: { line: 8 } });
  });
});

it('the printed sheet asks for what the contract leaves to people, and holds a sheet once it is filled in', async () => {
  const contract = parse(await readFile(new URL('profiles/contracts/note-assistant.yaml', root), 'utf8')) as never;
  const text = renderWitnessSheet({ runId: 'run-1', contract, organization: 'Lakeside `<b>`' });
  expect(text).not.toContain('<b>');
  expect(text).toContain('physician deletes the draft in the note editor');
  const yaml = /```yaml\n(?<yaml>[\s\S]*)\n```/.exec(text)?.groups?.['yaml'] ?? '';
  const filled = parse(yaml.replaceAll(/^#(?! Delete)/gm, '')) as WitnessSheet;
  expect(filled).toMatchObject({ run: 'run-1', seen: [{ action: 'file-draft' }], drills: [{ control: 'undo' }] });
  expect(Object.keys(filled)).toEqual(expect.arrayContaining(['stop', 'idle', 'downtime']));
});
