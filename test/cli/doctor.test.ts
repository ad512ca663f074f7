import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/report/diagnosis.js';
import { defineDeviation } from '../../src/sandbox/deviation.js';
import { command, openWorkplace, type Workplace } from '../support/command-line.js';

let place: Workplace | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

/** Every request that reached the sandbox, and whether it brought a credential. */
const watching = (seen: string[]) =>
  defineDeviation({
    id: 'watching',
    title: 'Nothing is different',
    caughtBy: ['none'],
    source: 'none',
    wrap: (next) => (request) => {
      const signed = request.headers['authorization'] !== undefined || request.body.length > 0;
      seen.push(`${request.method} ${request.path.split('/').slice(-2).join('/')}${signed ? ' signed' : ''}`);
      return next(request);
    },
  });

const examined = async (...flags: string[]): Promise<{ code: number; findings: readonly Diagnosis[] }> => {
  const { code, stdout } = await command('doctor', place!.files.organization, '--json', ...flags);
  return { code, ...(JSON.parse(stdout) as { findings: Diagnosis[] }) };
};
const of = (findings: readonly Diagnosis[], area: Diagnosis['area'], what?: string) =>
  findings.filter((each) => each.area === area && (what === undefined || each.what === what));

it('asks each endpoint once, brings no credential, and finds nothing to repair', async () => {
  const seen: string[] = [];
  place = await openWorkplace({ deviations: [watching(seen)] });
  const { code, stdout } = await command('doctor', place.files.organization);
  expect(stdout).toContain('Nothing found that would stop a run.');
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toMatch(/\+ metadata +FHIR 4\.0\.1/);
  expect(stdout).toMatch(/\+ smart-configuration +names the tokenUrl of the file/);
  expect(stdout).toMatch(/chain valid, TLSv1\.3, \d+ days left/);
  expect(stdout).not.toContain('ZZ');
  expect(seen.filter((line) => line.endsWith('signed'))).toEqual([]);
  expect(seen.filter((line) => line.startsWith('GET'))).toHaveLength(seen.length);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain('GET fhir/metadata');
});

it('signs in only when asked to, once for each client that signs in by itself', async () => {
  const seen: string[] = [];
  place = await openWorkplace({ deviations: [watching(seen)] });
  const { code, findings } = await examined('--sign-in');
  const signIns = of(findings, 'sign-in');
  expect(signIns.length).toBeGreaterThan(1);
  expect(signIns.filter(({ found }) => found !== 'signed in')).toEqual([]);
  expect(seen.filter((line) => line.endsWith('signed'))).toHaveLength(signIns.length);
  expect(code).toBe(0);
});

it('names a key of another algorithm, one that is gone, and a file without a certificate', async () => {
  place = await openWorkplace({
    change: ({ organization }) => {
      const { bindings } = organization['auth'] as { bindings: Record<string, unknown>[] };
      bindings.find(({ flow, alg }) => flow === 'backend' && alg === 'ES384')!['alg'] = 'RS384';
      organization['testData'] = {};
    },
  });
  const home = dirname(place.files.organization);
  const { findings: before } = await examined();
  const wrong = of(before, 'secrets').filter(({ level }) => level === 'ill');
  expect(wrong.map(({ found }) => found)).toEqual(['secp384r1 cannot sign RS384']);
  expect(of(before, 'file', 'test patients')).toMatchObject([{ level: 'note', found: 'none listed' }]);
  await writeFile(join(home, 'listener.pem'), 'no certificate');
  await rm(join(home, 'keys'), { recursive: true });
  const { code, findings } = await examined();
  expect(code).toBe(1);
  expect(of(findings, 'secrets').filter(({ found }) => found.includes('does not exist')).length).toBeGreaterThan(1);
  expect(of(findings, 'certificates', 'listener subscription')).toMatchObject([
    { level: 'ill', found: 'the file holds no certificate' },
  ]);
});

it.each<[string, Diagnosis['area'], string, Partial<Diagnosis>, Parameters<typeof defineDeviation>[0]['wrap']]>([
  [
    'a clock twenty minutes ahead',
    'clocks',
    '',
    { level: 'ill', next: 'Set one of the two by NTP: tokens, audit records and times depend on it.' },
    (next) => async (request) => {
      const answer = await next(request);
      return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() + 1_200_000).toUTCString() } };
    },
  ],
  [
    'another token endpoint',
    'endpoints',
    'smart-configuration',
    { level: 'ill', found: 'names another token endpoint: https://elsewhere.example/token' },
    (next) => async (request) =>
      request.path.endsWith('smart-configuration')
        ? { status: 200, body: '{"token_endpoint":"https://elsewhere.example/token"}' }
        : next(request),
  ],
  [
    'FHIR of another release',
    'endpoints',
    'metadata',
    { level: 'ill', found: 'FHIR 5.0.0' },
    (next) => async (request) =>
      request.path.endsWith('metadata')
        ? { status: 200, body: '{"resourceType":"CapabilityStatement","fhirVersion":"5.0.0"}' }
        : next(request),
  ],
  [
    'a page instead of a statement',
    'endpoints',
    'metadata',
    { level: 'ill', found: 'answers 200, without a CapabilityStatement' },
    (next) => async (request) =>
      request.path.endsWith('metadata') ? { status: 200, body: '<html>\u001b[31m' } : next(request),
  ],
])('names %s', async (_, area, what, expected, wrap) => {
  place = await openWorkplace({
    deviations: [defineDeviation({ id: 'odd', title: 'Odd', caughtBy: ['none'], source: 'none', wrap: wrap! })],
  });
  const { code, findings } = await examined();
  const found = of(findings, area, what === '' ? undefined : what);
  expect(found).toMatchObject([expected]);
  expect(code).toBe(1);
});

it('says 75 where nobody answers, within five seconds and without a verdict', async () => {
  place = await openWorkplace();
  await place.sandbox.stop();
  const { code, findings } = await examined();
  expect(code).toBe(75);
  expect(of(findings, 'endpoints').filter(({ level }) => level !== 'unavailable')).toEqual([]);
  expect(of(findings, 'clocks')).toEqual([]);
});

it('asks nothing while the agreed window is closed', async () => {
  const seen: string[] = [];
  const day = (['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const)[(new Date().getUTCDay() + 3) % 7];
  place = await openWorkplace({
    deviations: [watching(seen)],
    change: ({ organization }) => {
      for (const environment of Object.values(organization['environments'] as Record<string, object>)) {
        Object.assign(environment, { windows: [{ days: [day], from: '10:00', to: '11:00', zone: 'UTC' }] });
      }
    },
  });
  const { code, findings } = await examined();
  expect(of(findings, 'endpoints')).toMatchObject([
    { level: 'note', found: expect.stringContaining('window') as string },
  ]);
  expect(seen).toEqual([]);
  expect(code).toBe(0);
});

it('refuses an environment the file does not have', async () => {
  place = await openWorkplace();
  const { code, stderr } = await command('doctor', place.files.organization, '--environment', 'moon');
  expect([code, stderr.split(':')[0]]).toEqual([2, 'no-environment']);
});
