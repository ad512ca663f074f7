import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, Patient } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineDeviation, withBundle, withoutParameter, type RawHandler } from '../src/sandbox/deviation.js';
import { openWorkplace, type Said, type Workplace } from './support/command-line.js';

// A server that answers with everything it knows, everywhere it can. Nothing of it may stand in what a run writes or prints.
// The search is this test's own: it undoes spellings where the product makes them.

interface Secret {
  readonly what: string;
  readonly value: string;
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

/** The text, and what it says once percent signs, hex digits and base64 at any alignment are undone. */
function readings(text: string): string[] {
  const hex = text.match(/[0-9a-f]{12,}/gi) ?? [];
  const base64 = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
  return [
    text,
    text.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    ...[0, 1].map((skipped) => hex.map((run) => latin1(Buffer.from(run.slice(skipped), 'hex'))).join('\n')),
    ...[0, 1, 2, 3].map((skipped) => base64.map((run) => latin1(Buffer.from(run.slice(skipped), 'base64'))).join('\n')),
  ];
}

/** What of the secrets a text gives away, by name, never by value. */
function givenAway(text: string, secrets: readonly Secret[]): string[] {
  const ways = readings(text);
  return [...new Set(secrets.filter(({ value }) => ways.some((way) => way.includes(value))).map(({ what }) => what))];
}

/** The spellings in which the server of this test says something. */
const spelled = (value: string): string[] => [
  value,
  ...['', '#', '##'].map((before) => Buffer.from(`${before}${value}#`).toString('base64')),
  Buffer.from(value).toString('base64url'),
  Buffer.from(value).toString('hex'),
  Array.from(value, (character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
];

it('finds a value in each spelling of the server', () => {
  const secret = { what: 'a name', value: 'ZZTESTBRAVOKD' };
  for (const text of spelled(secret.value)) expect(givenAway(`{"x":"${text}"}`, [secret]), text).toEqual(['a name']);
  expect(givenAway('{"x":"ZZTESTBRAVO"}', [secret])).toEqual([]);
});

describe('a server that answers with tokens, names, birth dates and record numbers', () => {
  let place: Workplace;
  let correlated: string | undefined;
  let answersPlanted = 0;
  const seen = new Map<string, Secret>();
  const learn = (what: string, value: string | null | undefined): void => {
    if (typeof value === 'string' && value.length >= 8) seen.set(value, { what, value });
  };
  /** The token of this run; of the test patients the first, whom each run looks at. */
  const oneOf = (what: string): string => {
    const all = [...seen.values()].filter((secret) => secret.what === what);
    return (what === 'a token' ? all.at(-1) : all[0])?.value ?? '';
  };
  const everything = (): string =>
    [...seen.values()]
      .slice(-12)
      .flatMap(({ value }) => spelled(value))
      .join(' ');

  const learning = (request: Parameters<RawHandler>[0], body: unknown): void => {
    learn('a token', /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]);
    if (!request.path.endsWith('/auth/token')) return;
    learn('a client assertion', new URLSearchParams(Buffer.from(request.body).toString()).get('client_assertion'));
    if (typeof body !== 'string') return;
    try {
      learn('a token', (JSON.parse(body) as { access_token?: string }).access_token);
    } catch {
      // An error page.
    }
  };

  const talkative = defineDeviation({
    id: 'talkative',
    title: 'Everything known is said everywhere',
    caughtBy: ['hipaa.phi-leakage'],
    source: 'https://hl7.org/fhir/R4/security.html',
    wrap: (next) => async (request) => {
      const answer = await next(withoutParameter(request, 'said'));
      learning(request, answer.body);
      const text = everything();
      answersPlanted += 1;
      const header = text.slice(0, 2_000);
      const headers: Record<string, string> = {
        ...answer.headers,
        'x-debug': header,
        'set-cookie': `said=${encodeURIComponent(header)}`,
        warning: `199 - "${header}"`,
        ...(correlated && { 'x-correlation-id': oneOf(correlated) }),
      };
      if (answer.status >= 400) {
        const [url, page] = [encodeURIComponent(header), answersPlanted % 2 === 0];
        headers['location'] = `${place.sandbox.organizations.get('lakeside')?.fhirBase}/Patient/${url}`;
        headers['www-authenticate'] = `Bearer error="invalid_token", error_description="${header}"`;
        headers['content-type'] = page ? 'text/html' : 'application/fhir+json';
        const oauth = request.path.includes('/auth/');
        if (oauth) headers['content-type'] = 'application/json';
        const outcome = {
          resourceType: 'OperationOutcome',
          issue: [{ severity: 'error', code: 'processing', diagnostics: text, details: { text } }],
        };
        const code = /"error":"([a-z_]+)"/.exec(typeof answer.body === 'string' ? answer.body : '')?.[1];
        const body = oauth
          ? JSON.stringify({ error: code ?? 'invalid_client', error_description: text })
          : page
            ? `<html><title>${text}</title><body>${text}</body></html>`
            : JSON.stringify(outcome);
        return { ...answer, headers, body };
      }
      return withBundle({ ...answer, headers }, (bundle): Bundle => ({
        ...bundle,
        ...(bundle.link && {
          link: bundle.link.map(({ relation, url }) => ({
            relation,
            url: `${url}${url.includes('?') ? '&' : '?'}said=${encodeURIComponent(header)}`,
          })),
        }),
      }));
    },
  });

  beforeAll(async () => {
    place = await openWorkplace({ deviations: [talkative] });
    const { clinic, store } = place.sandbox.organizations.get('lakeside')!;
    const records = store.snapshot();
    for (const { id, canary } of clinic.index.patients) {
      const patient = Object.values(records).find(
        (one): one is Patient => one.resourceType === 'Patient' && one.id === id,
      );
      learn('a name', canary);
      learn('a birth date', patient?.birthDate);
      for (const { value } of patient?.identifier ?? []) learn('a record number', value);
    }
    for (const { canary } of clinic.index.schedules) learn('a name', canary);
    for (const name of await readdir(place.folder, { recursive: true })) {
      if (!name.endsWith('.pem')) continue;
      const pem = await readFile(join(place.folder, name), 'utf8');
      if (pem.includes('PRIVATE KEY')) for (const line of pem.split('\n').slice(1, 3)) learn('a private key', line);
    }
  });
  afterAll(() => place.close());

  const checks = [
    'read.interactions',
    'read.known-set',
    'write.create',
    'write.visible-to-staff',
    'write.version-conflict',
    'auth.assertion-negative',
    'scope.patient-boundary',
    'scope.enforced',
    'audit.writes-logged',
  ];

  interface Traces extends Said {
    readonly files: readonly string[];
    /** `file: what it gives away`. */
    readonly leaks: readonly string[];
  }

  /** One run, and everything it wrote and printed. An input may hold the names its author wrote into it. */
  async function traces(only: readonly string[], ...flags: string[]): Promise<Traces> {
    const output = await mkdtemp(join(place.folder, 'runs-'));
    const said = await place.run('--output', output, '--writes', 'all', '--only', ...only, ...flags);
    const files = (await readdir(output, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const secrets = [...seen.values()];
    const texts: (readonly [string, string])[] = [
      ['stdout', said.stdout],
      ['stderr', said.stderr],
      ...(await Promise.all(
        files.map(
          async ({ parentPath, name }) =>
            [join(parentPath, name).slice(output.length + 1), await readFile(join(parentPath, name), 'utf8')] as const,
        ),
      )),
    ];
    const leaks = texts.flatMap(([name, text]) =>
      givenAway(`${name}\n${text}`, secrets)
        .filter((what) => !(name.includes('/inputs/') && what === 'a name'))
        .map((what) => `${name}: ${what}`),
    );
    return { ...said, files: files.map(({ name }) => name), leaks };
  }

  it('gets nothing of it into a file of the run or onto the terminal', async () => {
    const before = answersPlanted;
    const { leaks, files, code } = await traces(checks);
    expect(leaks).toEqual([]);
    expect([0, 1, 3]).toContain(code);
    expect(files).toEqual(
      expect.arrayContaining([
        'evidence.ndjson',
        'journal.ndjson',
        'scorecard.json',
        'report.md',
        'report.html',
        'witness.md',
      ]),
    );
    expect(answersPlanted - before).toBeGreaterThan(50);
    const kinds = new Set([...seen.values()].map(({ what }) => what));
    expect([...kinds].sort()).toEqual(
      ['a birth date', 'a client assertion', 'a name', 'a private key', 'a record number', 'a token'].sort(),
    );
  });

  it.each([['--quiet'], ['--json'], ['--dry-run']])(
    'keeps it out of %s',
    async (flag) => {
      const { leaks, stdout } = await traces(['read.interactions', 'auth.assertion-negative'], flag);
      expect(leaks).toEqual([]);
      expect(stdout.length).toBeGreaterThan(0);
    },
    60_000,
  );

  it.each(['a token', 'a name', 'a birth date', 'a record number'])(
    'writes no report when the server sends %s as the id to correlate by',
    async (what) => {
      correlated = what;
      const { code, files, leaks } = await traces(['read.interactions']);
      correlated = undefined;
      expect(code).toBe(6);
      expect(files).not.toContain('report.md');
      expect(files).not.toContain('report.html');
      expect(files).not.toContain('scorecard.json');
      // What it stopped for is in the recording it asks to destroy, and nowhere else.
      expect(leaks.map((leak) => leak.split('/').at(-1))).toEqual([`evidence.ndjson: ${what}`]);
    },
    60_000,
  );

  it('keeps a key that cannot be read out of the fault', async () => {
    const organization = await readFile(place.files.organization, 'utf8');
    const [reference] = /keys\/[a-z0-9-]+\.pem/.exec(organization) ?? [];
    const file = join(place.files.organization, '..', reference ?? '');
    const key = await readFile(file, 'utf8');
    await writeFile(file, key.replace('-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY----'));
    try {
      const { code, leaks } = await traces(['read.interactions']);
      expect(code).not.toBe(0);
      expect(leaks).toEqual([]);
    } finally {
      await writeFile(file, key);
    }
  });
});
