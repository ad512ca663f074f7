import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';

const bin = new URL('../../dist/bin/ehr-scorecard.js', import.meta.url).pathname;
const root = new URL('../../', import.meta.url).pathname;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(...flags: string[]) {
  const child = spawn(process.execPath, [bin, 'sandbox', '--folder', folder, ...flags], {
    cwd: root,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended };
}

test.each(['SIGINT', 'SIGTERM'] as const)('runs until %s and ends with 0', async (signal) => {
  const { child, output, ended } = start('--port', '0', '--org', 'lakeside', '--deviation', 'stale-patch-accepted');
  while (!output.stdout.includes('Try:')) await Promise.race([once(child.stdout, 'data'), ended]);
  const base = /https:\/\/127\.0\.0\.1:\d+\/lakeside\/fhir/.exec(output.stdout)?.[0];
  expect(base).toBeDefined();
  expect(output.stdout).toContain('lakeside-voice-bot');
  expect(output.stdout).toContain('stale-patch-accepted');
  const file = join(folder, 'lakeside', 'scheduling.yaml');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const document = parse(await readFile(file, 'utf8')) as { environments: { sandbox: { fhirBase: string } } };
  expect(document.environments.sandbox.fhirBase).toBe(base);
  expect(await readFile(join(folder, 'lakeside', 'ca.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
  child.kill(signal);
  expect(await ended).toBe(0);
  expect(output.stderr).toBe('');
});

test.each([
  [['--port', 'abc'], 'port-not-usable'],
  [['--port', '70000'], 'port-not-usable'],
  [['--deviation', 'no-such-thing'], 'unknown-deviation'],
  [['--org', 'harbor'], 'harbor'],
  [['--folder', '/dev/null/x'], 'folder-not-usable'],
])('%j ends with 2 and a sentence, not a stack trace', async (flags, said) => {
  const { output, ended } = start(...flags);
  expect(await ended).toBe(2);
  expect(output.stderr).toContain(said);
  expect(output.stderr).not.toMatch(/\n\s+at /);
});
