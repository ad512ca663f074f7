import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { appendFile, chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { defineDeviation, type RawHandler } from '../src/sandbox/deviation.js';
import { command, openWorkplace, type Said, type Workplace } from './support/command-line.js';

let place: Workplace;
afterEach(() => place?.close());

type Answer = Awaited<ReturnType<RawHandler>>;
type Ask = Parameters<RawHandler>[0];

/** The EHR with one thing wrong in front of everything. */
const wrapped = (wrap: (next: RawHandler) => RawHandler) =>
  defineDeviation({
    id: 'inline',
    title: 'inline',
    caughtBy: ['a.b'],
    source: 'https://hl7.org/fhir/R4/http.html',
    wrap,
  });
const instead = (when: (request: Ask) => boolean, answer: (request: Ask) => Answer) =>
  wrapped((next) => (request) => (when(request) ? Promise.resolve(answer(request)) : next(request)));
const isFhir = ({ path }: Ask): boolean => /^\/lakeside\/fhir\/(?!metadata|\.well-known)/.test(path);
const isToken = ({ path }: Ask): boolean => path.endsWith('/auth/token');
const json = { 'content-type': 'application/fhir+json' };

/** Whatever goes wrong: no stack trace, no path of our source but the frame of an internal fault. */
function civil({ stdout, stderr }: Said): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(`${stdout}${stderr}`).not.toMatch(/node:internal|Error:/);
}

async function scorecardOf(
  where: Workplace,
): Promise<{ decision: { value: string }; checks: { id: string; outcome: string; reason: string | null }[] }> {
  const runs = join(where.folder, 'runs');
  const [name] = await readdir(runs);
  return JSON.parse(await readFile(join(runs, name!, 'scorecard.json'), 'utf8')) as never;
}

describe('documents that cannot be used: exit 2, the place, nothing sent', () => {
  const cases: Record<string, { edit: (text: string) => string; file: 'contract' | 'organization'; says: RegExp }> = {
    'an unknown key': {
      file: 'contract',
      edit: (text) => text.replace('freshness:', 'fresness:'),
      says: /contract\.yaml:\d+:\d+ +unknown key "fresness"[\s\S]*Did you mean "freshness"/,
    },
    'a wrong type': {
      file: 'organization',
      edit: (text) => text.replace(/requestsPerSecond: \d+/, 'requestsPerSecond: many'),
      says: /organization\.yaml:\d+:\d+/,
    },
    'broken YAML': { file: 'contract', edit: (text) => `${text}\n  - [`, says: /contract\.yaml:\d+:\d+/ },
    'a literal secret': {
      file: 'organization',
      edit: (text) => text.replace(/key:\n\s+ref: \S+/, 'key: s3cr3t-in-the-file'),
      says: /organization\.yaml:\d+:\d+/,
    },
    'a reference outside its folder': {
      file: 'organization',
      edit: (text) => text.replace(/ref: file:keys\/\S+/, 'ref: file:../elsewhere.pem'),
      says: /organization\.yaml:\d+:\d+/,
    },
    'FHIRPath that calls out': {
      file: 'contract',
      edit: (text) => text.replace('path: Patient.birthDate', 'path: Patient.generalPractitioner.resolve()'),
      says: /contract\.yaml:\d+:\d+/,
    },
  };
  for (const [name, { edit, file, says }] of Object.entries(cases)) {
    it(name, async () => {
      place = await openWorkplace();
      const path = place.files[file];
      const before = await readFile(path, 'utf8');
      expect(edit(before)).not.toBe(before);
      await writeFile(path, edit(before));
      const said = await place.run();
      expect(said.code).toBe(2);
      expect(said.stderr).toMatch(says);
      expect(said.stderr).not.toContain('s3cr3t-in-the-file');
      civil(said);
      expect(await readdir(join(place.folder, 'runs')).catch(() => [])).toEqual([]);
    });
  }

  it('a file that is not there', async () => {
    const said = await command('run', '--contract', './no-such.yaml', '--organization', './no-such.yaml');
    expect(said.code).toBe(2);
    civil(said);
  });
});

describe('documents that load and are judged', () => {
  it('FHIRPath that does not compile: contract.fields fails, exit 1', async () => {
    place = await openWorkplace({
      change: ({ contract }) => {
        const resources = contract['resources'] as { fields: { path: string }[] }[];
        resources[0]!.fields[0]!.path = 'Patient.name.where(';
      },
    });
    const said = await place.run('--only', 'contract');
    expect(said.code).toBe(1);
    expect((await scorecardOf(place)).checks.find(({ id }) => id === 'contract.fields')?.outcome).toBe('fail');
    civil(said);
  });

  it('a dangling reference: contract.schema fails, exit 1', async () => {
    place = await openWorkplace({
      change: ({ contract }) => {
        (contract['latency'] as { trigger: string }[])[0]!.trigger = 'cal';
      },
    });
    const said = await place.run('--only', 'contract');
    expect(said.code).toBe(1);
    expect((await scorecardOf(place)).checks.find(({ id }) => id === 'contract.schema')?.outcome).toBe('fail');
  });

  it('a missing key file: profile.credentials fails, the rest is not measured', async () => {
    place = await openWorkplace();
    await rm(join(place.folder, 'lakeside', 'keys', 'voice-bot.pem'));
    const said = await place.run();
    expect(said.code).toBe(1);
    const { checks } = await scorecardOf(place);
    expect(checks.find(({ id }) => id === 'profile.credentials')?.outcome).toBe('fail');
    expect(checks.find(({ id }) => id === 'read.required-fields')).toMatchObject({
      outcome: 'not-measured',
      reason: 'no-credential',
    });
    civil(said);
  });

  it('a key file others can read: profile.credentials fails', async () => {
    place = await openWorkplace();
    await chmod(join(place.folder, 'lakeside', 'keys', 'voice-bot.pem'), 0o644);
    const said = await place.run();
    expect(said.code).toBe(1);
    expect((await scorecardOf(place)).checks.find(({ id }) => id === 'profile.credentials')?.outcome).toBe('fail');
  });

  it('the wrong key: the sign-in is refused once and not tried again', async () => {
    place = await openWorkplace();
    const keys = join(place.folder, 'lakeside', 'keys');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(join(keys, 'voice-bot.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const said = await place.run();
    expect(said.code).toBe(1);
    const { checks } = await scorecardOf(place);
    expect(checks.find(({ id }) => id === 'auth.backend-token')?.outcome).toBe('fail');
    expect(checks.find(({ id }) => id === 'read.required-fields')).toMatchObject({ outcome: 'not-measured' });
  });

  it('no credential at all: NOT SHOWN YET, exit 3, with questions', async () => {
    place = await openWorkplace({
      change: ({ organization }) => {
        for (const key of ['auth', 'contexts', 'audit', 'testData', 'aiSystem']) delete organization[key];
      },
    });
    const said = await place.run();
    expect(said.stdout).toContain('NOT SHOWN YET');
    expect(said.code).toBe(3);
    civil(said);
  });
});

describe('an EHR that cannot be reached: exit 75', () => {
  const away = (fhirBase: string) => ({
    change: ({ organization }: { organization: Record<string, unknown> }) => {
      const environment = (organization['environments'] as Record<string, Record<string, unknown>>)['sandbox']!;
      Object.assign(environment, { fhirBase, tokenUrl: `${fhirBase}/token` });
      delete organization['audit'];
    },
  });

  it('nobody listens', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    place = await openWorkplace(away(`http://127.0.0.1:${port}/fhir`));
    const said = await place.run();
    expect(said.code).toBe(75);
    civil(said);
  });

  it('the host does not resolve', async () => {
    place = await openWorkplace(away('https://no-such-host.invalid/fhir'));
    const said = await place.run();
    expect(said.code).toBe(75);
    civil(said);
  });

  for (const [status, retryAfter] of [
    [429, '86400'],
    [429, '-1'],
    [503, 'soon'],
    [503, 'Fri, 31 Dec 2099 23:59:59 GMT'],
  ] as const) {
    it(`HS-52 everything is answered ${status}, Retry-After ${retryAfter}`, async () => {
      place = await openWorkplace({
        deviations: [instead(isFhir, () => ({ status, headers: { ...json, 'retry-after': retryAfter } }))],
      });
      const said = await place.run();
      expect(said.code).toBe(75);
      civil(said);
    });
  }

  it('HS-54 200 and 503 in turn', async () => {
    let asked = 0;
    place = await openWorkplace({
      deviations: [
        wrapped(
          (next) => (request) =>
            isFhir(request) && ++asked % 2 === 0
              ? Promise.resolve({ status: 503, headers: { ...json, 'retry-after': 'soon' } })
              : next(request),
        ),
      ],
    });
    const said = await place.run();
    expect(said.code).toBe(75);
    civil(said);
  });

  it('rule 26: an outage for two fifths of the run', async () => {
    let asked = 0;
    place = await openWorkplace({
      deviations: [
        wrapped((next) => (request) => {
          asked += 1;
          return asked > 30 && asked < 130 && isFhir(request)
            ? Promise.resolve({ status: 503, headers: json })
            : next(request);
        }),
      ],
    });
    const said = await place.run();
    expect(said.code).toBe(75);
    civil(said);
  });
});

describe('an EHR that answers in other ways', () => {
  for (const status of [401, 403, 404]) {
    it(`every search is answered ${status}: something failed or is not shown, nothing is our fault`, async () => {
      place = await openWorkplace({
        deviations: [
          instead(
            ({ path }) => path.endsWith('/_search'),
            () => ({ status, headers: json }),
          ),
        ],
      });
      const said = await place.run();
      expect([1, 3]).toContain(said.code);
      expect((await scorecardOf(place)).checks.filter(({ outcome }) => outcome === 'error')).toEqual([]);
      civil(said);
    });
  }

  it('HTML with 200 instead of JSON', async () => {
    const page = {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html><script>alert(1)</script>Sign in</html>',
    };
    place = await openWorkplace({ deviations: [instead(isFhir, () => page)] });
    const said = await place.run();
    expect([1, 3]).toContain(said.code);
    expect(`${said.stdout}${said.stderr}`).not.toContain('<script>');
    civil(said);
  });

  it('200 with an OperationOutcome', async () => {
    const body = JSON.stringify({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'exception', diagnostics: 'ZZTESTLEAK' }],
    });
    place = await openWorkplace({ deviations: [instead(isFhir, () => ({ status: 200, headers: json, body }))] });
    const said = await place.run();
    expect([1, 3]).toContain(said.code);
    expect(`${said.stdout}${said.stderr}`).not.toContain('ZZTESTLEAK');
    civil(said);
  });

  it('HS-4, HS-5 a body of 50 MB, and a gzip bomb: not measured, too large', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024, 0x20));
    for (const answer of [
      { status: 200, headers: json, body: Buffer.alloc(50 * 1024 * 1024, 0x20) },
      { status: 200, headers: { ...json, 'content-encoding': 'gzip' }, body: bomb },
    ]) {
      place = await openWorkplace({
        deviations: [
          instead(
            ({ path }) => path.endsWith('Slot/_search'),
            () => answer,
          ),
        ],
      });
      const said = await place.run('--only', 'read.required-fields');
      expect(said.code).toBe(3);
      const { checks } = await scorecardOf(place);
      expect(checks.find(({ id }) => id === 'read.required-fields')).toMatchObject({
        outcome: 'not-measured',
        reason: 'too-large',
      });
      civil(said);
      await place.close();
    }
  });

  it('HS-14 307 on the token POST to another host: nothing is sent there, exit 6', async () => {
    let reached = 0;
    const other = createServer(() => (reached += 1)).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    place = await openWorkplace({
      deviations: [instead(isToken, () => ({ status: 307, headers: { location: `http://127.0.0.1:${port}/token` } }))],
    });
    const said = await place.run();
    other.close();
    expect(said.code).toBe(6);
    expect(reached).toBe(0);
    civil(said);
  });

  it('a redirect of a read to another host is not followed', async () => {
    place = await openWorkplace({
      deviations: [
        instead(
          ({ path }) => path.endsWith('/metadata'),
          () => ({ status: 302, headers: { location: 'https://elsewhere.example/metadata' } }),
        ),
      ],
    });
    const said = await place.run('--only', 'discovery.capability');
    expect([1, 3]).toContain(said.code);
    civil(said);
  });

  it('a token that lives 3 seconds is renewed', async () => {
    place = await openWorkplace({
      deviations: [
        defineDeviation({
          id: 'inline',
          title: 'short tokens',
          caughtBy: ['a.b'],
          source: 'https://hl7.org/fhir/smart-app-launch/backend-services.html',
          authorization: (rules) => ({ ...rules, tokenLifetimeSeconds: 3 }),
        }),
      ],
    });
    const said = await place.run('--only', 'read.required-fields');
    expect(said.code).toBe(0);
  });

  it('rule 8, HS-29: the canary of a test patient is wrong: stops before any further request on it, exit 6', async () => {
    place = await openWorkplace({
      change: ({ organization }) => {
        const { patients } = organization['testData'] as { patients: { canary: string }[] };
        for (const patient of patients) patient.canary = 'ZZNOTTHISONE';
      },
    });
    const said = await place.run('--writes', 'all');
    expect(said.code).toBe(6);
    expect(said.stdout + said.stderr).toContain('canary');
    civil(said);
  });
});

describe('run folders that were touched', () => {
  it('HS-64 an edited evidence line: exit 2, the first bad line, no content', async () => {
    place = await openWorkplace();
    await place.run('--only', 'read.required-fields');
    const [name] = await readdir(join(place.folder, 'runs'));
    const path = join(place.folder, 'runs', name!, 'evidence.ndjson');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"present":22', '"present":21'));
    const said = await command('score', join(place.folder, 'runs', name!));
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/evidence\.ndjson:\d+/);
    civil(said);
    await writeFile(path, text);
    expect((await command('score', join(place.folder, 'runs', name!))).code).toBe(0);
    await appendFile(path, '{"seq":9999}\n');
    expect((await command('score', join(place.folder, 'runs', name!))).code).toBe(2);
  });

  it('an output folder that cannot be written: exit 2, nothing sent', async () => {
    place = await openWorkplace();
    await writeFile(join(place.folder, 'runs'), 'a file stands here');
    const said = await place.run();
    expect(said.code).toBe(2);
    civil(said);
  });

  it('offline score and report are byte-identical to the run’s own', async () => {
    place = await openWorkplace();
    await place.run('--skip', 'latency', 'freshness');
    const [name] = await readdir(join(place.folder, 'runs'));
    const folder = join(place.folder, 'runs', name!);
    const own = await readFile(join(folder, 'scorecard.json'), 'utf8');
    expect((await command('score', folder, '--json')).stdout).toBe(own);
    expect((await command('report', folder, '--format', 'markdown')).stdout).toBe(
      await readFile(join(folder, 'report.md'), 'utf8'),
    );
  });
});

describe('argv', () => {
  it.each([
    ['an unknown command', ['rnu']],
    ['an unknown flag', ['run', '--contrat', 'x']],
    ['a missing flag', ['run']],
    ['an unknown gate', ['demo', '--gate', 'maybe']],
    ['a selector that matches nothing', ['demo', '--only', 'no.such-check']],
    ['an unknown report format', ['demo', '--report', 'docx=x']],
  ])('%s: exit 2', async (_, argv) => {
    const said = await command(...argv);
    expect(said.code).toBe(2);
    civil(said);
  });
});
