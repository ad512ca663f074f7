import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Appointment } from 'fhir/r4.js';
import { afterEach, describe, expect, it } from 'vitest';
import {
  creates,
  defineDeviation,
  patches,
  reads,
  sentBody,
  withBody,
  withNotice,
  withResources,
  withoutParameter,
} from '../src/sandbox/deviation.js';
import { deviations } from '../src/sandbox/deviations/index.js';
import { openWorkplace, type Workplace } from './support/command-line.js';
import { changed, hostileRun, instead, json, planted, type Wrap } from './support/hostile-run.js';

// Behaviours that leave something behind, or that need an EHR or documents of their own.

let place: Workplace | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

const wrapped = (wrap: Wrap) =>
  defineDeviation({
    id: 'hostile',
    title: 'whatever the row says',
    caughtBy: ['a.b'],
    source: 'https://hl7.org/fhir/R4/http.html',
    wrap,
  });
const deviationNamed = (id: string) => {
  const found = deviations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no deviation ${id}`);
  return found;
};
const creating = ['write.create'];
const undoRefused = (status: number): Wrap =>
  instead(
    (request) => request.method === 'DELETE' || patches(request, 'Appointment'),
    () => ({ status, headers: { ...json, 'retry-after': '0' } }),
  );
/** As soon as an object was read back, somebody else writes on it; from then on no version is compared. */
const editedMeanwhile: Wrap = (next) => async (request) => {
  const answer = await next(
    request.method === 'GET' ? request : { ...request, headers: { ...request.headers, 'if-match': '*' } },
  );
  if (reads(request, 'Appointment') && answer.status === 200) {
    const headers = { ...request.headers, 'content-type': 'application/json-patch+json', 'if-match': '*' };
    const body = Buffer.from('[{"op":"replace","path":"/description","value":"A nurse wrote this"}]');
    await next({ ...request, method: 'PATCH', headers, body });
  }
  return answer;
};

describe('rule 17: what cannot be taken back is listed, and ends in exit 5', () => {
  it.each<[string, Wrap, string]>([
    ['HS-49 If-Match is ignored and a person has edited since', editedMeanwhile, 'changed-by-others'],
    ['HS-50 every undo is refused', undoRefused(405), 'undo-refused'],
    ['HS-53 429 only during cleanup', undoRefused(429), 'undo-refused'],
    [
      'HS-47 a create answered 500 was stored, and identifier is ignored',
      (next) => (request) =>
        deviationNamed('create-stored-with-500').wrap!((inner) => next(withoutParameter(inner, 'identifier')))(request),
      'outcome-unknown',
    ],
  ])('%s', async (_, wrap, reason) => {
    place = await openWorkplace({ deviations: [wrapped(wrap)] });
    const { code, scorecard, stderr, stdout } = await hostileRun(place, creating, '--writes', 'all');
    expect(code, stderr).toBe(5);
    expect(new Set(scorecard?.residue.map((left) => left.reason))).toEqual(new Set([reason]));
    expect(`${stdout}${stderr}`).toContain('cleanup');
  });

  it('rule 9, HS-48: stored under another patient: all writes stop and the id is listed', async () => {
    let stranger = '';
    place = await openWorkplace({
      change: ({ organization }) => {
        const { patients } = organization['testData'] as { patients: { id: string }[] };
        stranger = patients.pop()?.id ?? '';
      },
      deviations: [
        wrapped((next) => (request) => {
          if (!creates(request, 'Appointment')) return next(request);
          const text = JSON.stringify(sentBody(request)).replaceAll(/Patient\/[A-Za-z0-9.-]+/g, `Patient/${stranger}`);
          return next(withBody(request, JSON.parse(text) as object));
        }),
      ],
    });
    const { code, scorecard, outputs } = await hostileRun(
      place,
      [...creating, 'write.update-patch'],
      '--writes',
      'all',
    );
    expect(code).toBe(5);
    expect(scorecard?.residue.map(({ reason }) => reason)).toEqual(['stored-under-another-patient']);
    expect(scorecard?.run.writes).toMatchObject({ done: 1 });
    expect(outputs.includes(stranger)).toBe(false);
  });
});

it('rule 9: free times on schedules that are not listed are not booked', async () => {
  place = await openWorkplace({
    deviations: [
      wrapped(
        changed(
          ({ path }) => path.endsWith('Slot/_search'),
          (answer) =>
            withResources(
              answer,
              (slot) => ({ ...slot, schedule: { reference: 'Schedule/of-somebody-else' } }) as never,
            ),
        ),
      ),
    ],
  });
  const { code, scorecard } = await hostileRun(place, creating, '--writes', 'all');
  expect(code).toBe(3);
  expect(scorecard?.run.writes).toMatchObject({ done: 0 });
  expect(scorecard?.checks.find(({ id }) => id === 'write.create')).toMatchObject({ reason: 'no-test-object' });
});

it('HS-7 a reset after the write was stored: not sent again, found by its identifier and taken back', async () => {
  const relay = await openRelay();
  const sent: string[] = [];
  place = await openWorkplace({
    change: ({ organization }) => {
      const { sandbox } = organization['environments'] as Record<string, { fhirBase: string }>;
      if (sandbox === undefined) return;
      delete organization['audit'];
      const own = new URL(sandbox.fhirBase);
      relay.lead(Number(own.port));
      own.port = String(relay.port);
      sandbox.fhirBase = own.href;
    },
    deviations: [
      wrapped((next) => async (request) => {
        const answer = await next(request);
        if (!creates(request, 'Appointment')) return answer;
        sent.push(JSON.stringify((sentBody(request) as Appointment).identifier));
        if (sent.length === 1) relay.reset();
        const location = answer.headers?.['location']?.replace(/:\d+\//, `:${relay.port}/`);
        return { ...answer, headers: { ...answer.headers, ...(location === undefined ? {} : { location }) } };
      }),
    ],
  });
  try {
    const { code, scorecard, stderr, asBefore } = await hostileRun(place, creating, '--writes', 'all');
    expect(code, stderr).toBe(0);
    // The second one is another object, made once it was known what had become of the first.
    expect([sent.length, new Set(sent).size]).toEqual([2, 2]);
    expect(scorecard?.residue).toEqual([]);
    expect(asBefore).toBe(true);
  } finally {
    relay.close();
  }
});

describe('an EHR of its own', () => {
  it.each([
    ['HS-9', 'certificate-expired', 'hipaa.tls', 1],
    ['HS-9', 'certificate-of-another-name', 'hipaa.tls', 1],
    ['HS-10', 'old-tls-accepted', 'hipaa.tls', 1],
    ['HS-21', 'everything-granted', 'scope.least-privilege', 1],
  ])('%s %s: %s, exit %i', async (_, deviation, check, exit) => {
    place = await openWorkplace({ deviations: [deviationNamed(deviation)] });
    const { code, scorecard } = await hostileRun(place, [check], '--writes', 'none');
    expect(code).toBe(exit);
    expect(scorecard?.checks.find(({ id }) => id === check)?.outcome).toBe('fail');
  });

  it.each([
    ['HS-56 a subscription that never becomes active', 'subscription-stuck'],
    ['HS-58 patient data in a notice that asked for ids', 'notification-with-record'],
  ])('%s: exit 1, and no subscription is left', async (_, deviation) => {
    place = await openWorkplace({ deviations: [deviationNamed(deviation)] });
    const { code, scorecard, asBefore } = await hostileRun(place, ['event.subscription'], '--writes', 'all');
    expect(code).toBe(1);
    expect(scorecard?.residue).toEqual([]);
    expect(asBefore).toBe(true);
  });

  it('HS-58 a notice about a patient outside the test data: subscription off, stop, exit 6', async () => {
    place = await openWorkplace({
      deviations: [
        defineDeviation({
          id: 'notice-about-a-stranger',
          title: 'Notices name a patient nobody asked for',
          caughtBy: ['a.b'],
          source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/payloads.html',
          deliver: (next) => (notification) =>
            next(
              withNotice(notification, (bundle) => ({
                ...bundle,
                entry: [
                  ...(bundle.entry ?? []),
                  { fullUrl: 'urn:x', resource: { resourceType: 'Patient', id: planted } },
                ],
              })),
            ),
        }),
      ],
    });
    const { code, asBefore } = await hostileRun(place, ['event.subscription'], '--writes', 'all');
    expect(code).toBe(6);
    expect(asBefore).toBe(true);
  });

  it('HS-42 a text that makes a contract’s expression explode: not measured, exit 3', async () => {
    place = await openWorkplace({
      change: ({ contract }) => {
        const slot = (contract['resources'] as { id: string; fields: unknown[] }[]).find(({ id }) => id === 'slot');
        slot?.fields.push({ path: "Slot.comment.matches('^(a+)+$')", need: 'must', why: 'test' });
      },
      deviations: [
        wrapped(
          changed(
            ({ path }) => path.endsWith('Slot/_search'),
            (answer) => ({
              ...answer,
              body: Buffer.from(answer.body as string)
                .toString()
                .replaceAll('"resourceType":"Slot"', `"resourceType":"Slot","comment":"${'a'.repeat(60)}${planted}"`),
            }),
          ),
        ),
      ],
    });
    const { code, scorecard } = await hostileRun(place, ['read.required-fields']);
    expect(code).toBe(3);
    expect(scorecard?.checks.find(({ id }) => id === 'read.required-fields')).toMatchObject({
      outcome: 'not-measured',
      reason: 'expression-timeout',
    });
  });
});

it('HS-71 checks, policies and configuration beside the contract are not looked at', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-planted-'));
  try {
    await mkdir(join(folder, 'checks', 'read'), { recursive: true });
    await mkdir(join(folder, 'profiles', 'policies'), { recursive: true });
    for (const file of ['checks/x.js', 'checks/read/planted.js', 'ehr-scorecard.config.js', '.ehr-scorecardrc.js']) {
      await writeFile(join(folder, file), `process.stdout.write('${planted}'); export default {};`);
    }
    await writeFile(join(folder, 'profiles', 'policies', 'pilot.yaml'), `kind: ${planted}\n`);
    await writeFile(join(folder, 'pilot.yaml'), `kind: ${planted}\n`);
    const said = await program(folder, 'checks', 'list');
    expect(said.code).toBe(0);
    expect(said.text).toContain('write.version-conflict');
    expect(said.text).not.toContain(planted);
    expect((await program(folder, 'demo', '--dry-run')).code).toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function program(cwd: string, ...argv: string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const entry = fileURLToPath(new URL('../dist/bin/ehr-scorecard.js', import.meta.url));
  const child = spawn(process.execPath, [entry, ...argv], { cwd });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

/** Passes bytes on to a port of this machine, until it breaks every connection at once. */
async function openRelay() {
  const sockets = new Set<Socket>();
  let target = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lead: (port: number): void => void (target = port),
    reset,
    close: (): void => {
      reset();
      server.close();
    },
  };
}
