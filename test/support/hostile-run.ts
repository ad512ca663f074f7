import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Scorecard } from '../../src/model/scorecard.js';
import type { RawHandler } from '../../src/sandbox/deviation.js';
import type { Said, Workplace } from './command-line.js';
import { live } from './trial.js';

export type Wrap = (next: RawHandler) => RawHandler;
export type Answer = Awaited<ReturnType<RawHandler>>;
export type Ask = Parameters<RawHandler>[0];

/** Stands in what servers send; no output may hold it. */
export const planted = 'ZZPLANTED';
export const json = { 'content-type': 'application/fhir+json' };

/** Another answer to some requests. */
export const instead =
  (when: (request: Ask) => boolean, answer: (request: Ask) => Answer): Wrap =>
  (next) =>
  (request) =>
    when(request) ? Promise.resolve(answer(request)) : next(request);

/** The right answer to some requests, changed. */
export const changed =
  (when: (request: Ask) => boolean, change: (answer: Answer, request: Ask) => Answer): Wrap =>
  (next) =>
  async (request) => {
    const answer = await next(request);
    return when(request) ? change(answer, request) : answer;
  };

export interface HostileRun extends Said {
  readonly scorecard: Scorecard | undefined;
  /** Everything the run wrote or printed. */
  readonly outputs: string;
  /** Whether the EHR holds what it held before, by the rule for nothing left. */
  readonly asBefore: boolean;
}

/** One run of the selected checks, and what every hostile behaviour demands besides its exit code. */
export async function hostileRun(place: Workplace, only: readonly string[], ...flags: string[]): Promise<HostileRun> {
  const output = await mkdtemp(join(place.folder, 'runs-'));
  const store = place.sandbox.organizations.get('lakeside')?.store;
  const before = live(store?.snapshot() ?? {});
  try {
    const said = await place.run('--output', output, '--only', ...only, ...flags);
    const [name] = await readdir(output);
    const file = (path: string): Promise<string> =>
      name === undefined ? Promise.resolve('') : readFile(join(output, name, path), 'utf8').catch(() => '');
    const [scorecard = '', ...others] = await Promise.all(
      ['scorecard.json', 'report.md', 'report.html', 'evidence.ndjson', 'journal.ndjson'].map(file),
    );
    const outputs = [said.stdout, said.stderr, scorecard, ...others].join('\n');
    expect(/^\s+at .*:\d+:\d+\)?$/m.exec(outputs)?.[0], 'a stack trace').toBeUndefined();
    expect(outputs.includes(planted), 'what the server planted').toBe(false);
    // oxlint-disable-next-line no-control-regex
    const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/;
    expect(unseen.test(outputs), 'a character that cannot be seen').toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
    return {
      ...said,
      scorecard: scorecard === '' ? undefined : (JSON.parse(scorecard) as Scorecard),
      outputs,
      asBefore: live(store?.snapshot() ?? {}) === before,
    };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}
