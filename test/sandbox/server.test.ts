import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openSandbox } from './sandbox-session.js';

const run = promisify(execFile);

test('two organizations share a port and nothing else', async () => {
  const opened = await openSandbox();
  try {
    const [lakeside, summit] = [opened.organization('lakeside'), opened.organization('summit')];
    expect(lakeside.fhirBase).toBe(`${opened.sandbox.origin}/lakeside/fhir`);
    expect(summit.tokenUrl).toBe(`${opened.sandbox.origin}/summit/auth/token`);
    const ids = ({ clinic }: typeof lakeside) => clinic.index.patients.map(({ id }) => id);
    expect(ids(lakeside).filter((id) => ids(summit).includes(id))).toEqual([]);
    const metadata = await opened.send('GET', `${lakeside.fhirBase}/metadata`);
    expect(metadata.json).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
    expect(metadata.text).toContain(lakeside.tokenUrl);
    expect((await opened.send('GET', `${opened.sandbox.origin}/harbor/fhir/metadata`)).status).toBe(404);
  } finally {
    await opened.close();
  }
});

test('keys lie in private folders, one file per client and per person', async () => {
  const opened = await openSandbox({ organizations: ['summit'], http: true });
  try {
    const keys = join(opened.folder, 'summit', 'keys');
    const { clients, users } = opened.organization('summit');
    expect(users.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'clinician physician',
      'colleague physician',
      'nurse nurse',
      'patient patient',
    ]);
    expect(new Set(users.map(({ fhirUser }) => fhirUser)).size).toBe(4);
    expect((await readdir(keys)).sort()).toEqual(
      [...clients.map(({ name }) => `${name}.pem`), ...users.map(({ name }) => `${name}.login`)].sort(),
    );
    for (const path of [opened.folder, keys]) expect((await stat(path)).mode & 0o777).toBe(0o700);
    for (const { keyFile } of clients) expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(opened.sandbox.caPem).toBeUndefined();
    expect(opened.sandbox.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  } finally {
    await opened.close();
  }
});

test('it is not reachable on any other address of the machine', async () => {
  const opened = await openSandbox({ organizations: ['lakeside'], http: true });
  try {
    const port = Number(new URL(opened.sandbox.origin).port);
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each && !each.internal && each.family === 'IPv4')
      .map((each) => each?.address ?? '');
    expect(await reachable('127.0.0.1', port)).toBe(true);
    expect(await Promise.all(others.map((address) => reachable(address, port)))).toEqual(others.map(() => false));
    expect(await reachable('127.0.0.2', port)).toBe(false);
  } finally {
    await opened.close();
  }
});

test.each([
  ['XML', 415, 'text/xml', '<Patient/>'],
  ['half a body', 400, 'application/fhir+json', '{"resourceType":'],
  ['a deep body', 400, 'application/fhir+json', '['.repeat(5_000) + ']'.repeat(5_000)],
])('%s answers %d with an OperationOutcome', async (_name, status, type, body) => {
  const opened = await openSandbox({ organizations: ['lakeside'], http: true });
  try {
    const { token } = await opened.signIn('event-source');
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const answer = await opened.send('POST', `${opened.organization().fhirBase}/Task`, headers, body);
    expect(answer.status).toBe(status);
    expect(answer.json.resourceType).toBe('OperationOutcome');
    expect(answer.headers['x-request-id']).toBeTruthy();
  } finally {
    await opened.close();
  }
});

test('a process that starts and stops one prints nothing and ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-sandbox-'));
  const program = `
    const { startSandbox } = await import(${JSON.stringify(new URL('../../dist/src/sandbox/server.js', import.meta.url).href)});
    const sandbox = await startSandbox({ keysFolder: ${JSON.stringify(folder)} });
    for (const { tokenUrl } of sandbox.organizations.values()) {
      const { request, Agent } = await import('undici');
      const dispatcher = new Agent({ connect: { ca: sandbox.caPem } });
      const answer = await request(tokenUrl, { method: 'POST', dispatcher, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'grant_type=client_credentials' });
      if (answer.statusCode !== 400) throw new Error('status ' + answer.statusCode);
      await answer.body.dump();
      await dispatcher.close();
    }
    await sandbox.stop();
  `;
  try {
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 25_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
