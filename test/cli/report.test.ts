import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReportFlag, writeReports } from '../../src/cli/report.js';
import { renderHtml } from '../../src/report/html/page.js';
import { renderJson } from '../../src/report/json.js';
import { noGoFailed } from '../report/literal-scorecards.js';
import { command, openWorkplace, type Workplace } from '../support/command-line.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-report-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('--report format=path', () => {
  it('is taken apart at the first equals sign', () => {
    expect(parseReportFlag('markdown=out/a=b.md')).toEqual({ format: 'markdown', path: 'out/a=b.md' });
  });

  it.each([
    ['pdf=report.pdf', 'unknown-report-format'],
    ['=x', 'unknown-report-format'],
    ['Markdown=x', 'unknown-report-format'],
    ['markdown', 'no-report-path'],
    ['markdown=', 'no-report-path'],
    ['json=out/', 'no-report-path'],
  ])('refuses %s', (text, code) => {
    expect(() => parseReportFlag(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
  });

  it('writes each file for its owner alone, in place of an older one', async () => {
    const path = (name: string): string => join(folder, name);
    await writeFile(path('a.md'), 'older');
    await writeReports(noGoFailed, [
      { format: 'markdown', path: path('a.md') },
      { format: 'terminal', path: path('a.txt') },
      { format: 'html', path: path('a.html') },
      { format: 'json', path: path('a.json') },
    ]);
    expect(await readFile(path('a.md'), 'utf8')).toMatch(/^# No-go: failed on a simulator/);
    expect(await readFile(path('a.txt'), 'utf8')).toMatch(/^NO-GO: failed /);
    expect(await readFile(path('a.html'), 'utf8')).toBe(renderHtml(noGoFailed));
    expect(await readFile(path('a.json'), 'utf8')).toBe(renderJson(noGoFailed));
    expect((await stat(path('a.md'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
    await expect(
      writeReports(noGoFailed, [{ format: 'json', path: join(folder, 'missing', 'a.json') }]),
    ).rejects.toMatchObject({ code: 'cannot-write-report', exitCode: 2 });
  });
});

describe('report of a scorecard.json by itself', () => {
  it('says in the first line that nobody compared it with evidence', async () => {
    const file = join(folder, 'copy.json');
    await writeFile(file, renderJson(noGoFailed));
    for (const format of ['terminal', 'markdown']) {
      const { code, stdout } = await command('report', file, '--format', format);
      expect(code).toBe(0);
      expect(stdout.split('\n')[0]).toContain('unverified copy');
    }
    const html = await command('report', file, '--format', 'html');
    expect(html.stdout).toMatch(/<main[^>]*>(?:<[^>]+>)*unverified copy/);
    const json = await command('report', file, '--format', 'json');
    expect(json.stdout).toBe(renderJson(noGoFailed));
    expect(json.stderr).toContain('unverified copy');
  });

  it('refuses what is no scorecard and what is no format', async () => {
    const file = join(folder, 'other.json');
    await writeFile(file, '{"schemaVersion": 1}');
    expect((await command('report', file)).code).toBe(2);
    expect((await command('report', join(folder, 'nowhere'))).code).toBe(2);
    expect((await command('report', file, '--format', 'pdf')).code).toBe(2);
  });
});

describe('report of a run', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await openWorkplace();
  });
  afterAll(() => place.close());

  it('computes it again and gives what the run wrote, in every format', async () => {
    const markdownFile = join(folder, 'run.md');
    const ran = await place.run('--quiet', '--only', 'contract', '--report', `markdown=${markdownFile}`);
    expect(ran.stderr).toBe('');
    const runs = join(place.folder, 'runs');
    const [name] = await readdir(runs);
    const run = join(runs, name!);
    const json = await command('report', run, '--format', 'json');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(json.stdout).toBe(await readFile(join(run, 'scorecard.json'), 'utf8'));
    const page = (await command('report', run, '--format', 'markdown')).stdout;
    expect(page).toMatch(/Computed from `sha256:[0-9a-f]{64}`/);
    expect(page).toBe(await readFile(markdownFile, 'utf8'));
    const html = (await command('report', run, '--format', 'html')).stdout;
    expect(html).toContain(/sha256:[0-9a-f]{64}/.exec(page)?.[0]);
    expect(html).toBe(await readFile(join(run, 'report.html'), 'utf8'));
    const scoredFile = join(folder, 'scored.html');
    await command('score', run, '--report', `html=${scoredFile}`);
    expect(await readFile(scoredFile, 'utf8')).toBe(html);
    const text = (await command('report', run)).stdout;
    expect(text).toMatch(new RegExp(`exit ${ran.code}\n$`));
    expect(text).not.toContain('\u001b');
  });
});
