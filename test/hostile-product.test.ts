import { createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Resource } from 'fhir/r4.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorkplace, type Workplace } from './support/command-line.js';
import { hostileRun, planted } from './support/hostile-run.js';

interface ToldEvent {
  readonly id: string;
  readonly answerTo?: string;
}
/** A product that says this to every event. */
let says: (event: ToldEvent) => { readonly status?: number; readonly body: string };
const secret = 'ZZ-webhook-secret';
const secretName = 'EHR_SCORECARD_TEST_WEBHOOK';
let server: Server;
let place: Workplace | undefined;

beforeEach(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status = 200, body } = says(JSON.parse(Buffer.concat(parts).toString()) as ToldEvent);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  vi.stubEnv(secretName, secret);
  place = await openWorkplace({
    change({ organization }) {
      const webhook = { url: `http://127.0.0.1:${port}/webhook`, secret: { ref: `env:${secretName}` } };
      organization['aiSystem'] = { webhook };
    },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await place?.close();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

/** A visit a test patient had before anything was asked. */
function visitBefore(): string {
  const visit = place?.sandbox.organizations.get('lakeside')?.clinic.index.appointments[0];
  if (visit === undefined) throw new Error('no visit in the clinic');
  return `Appointment/${visit.id}`;
}

describe('what a product says counts only where it is about the event', () => {
  it.each([
    [
      'names a visit that was there before',
      ({ id }: { id: string }) => ({ id, outcome: 'booked', object: visitBefore() }),
    ],
    ['answers another event', () => ({ id: 'of-yesterday', outcome: 'booked', object: visitBefore() })],
    ['names an object nobody has', ({ id }: { id: string }) => ({ id, outcome: 'booked', object: 'Appointment/none' })],
  ])('HS-59 %s: a miss, exit 3, and nothing is touched', async (_, answer) => {
    says = (event) => ({ body: JSON.stringify(answer(event)) });
    const { code, scorecard, asBefore } = await hostileRun(place!, ['event.duplicate-reorder'], '--writes', 'all');
    expect(code).toBe(3);
    expect(scorecard?.checks.find(({ id }) => id === 'event.duplicate-reorder')).toMatchObject({
      outcome: 'not-measured',
      reason: 'control-failed',
    });
    expect(scorecard?.residue).toEqual([]);
    expect(asBefore).toBe(true);
  });

  it('HS-59 writes all the time: none of it is an answer, and none of it is taken back', async () => {
    const { store, clinic } = place!.sandbox.organizations.get('lakeside')!;
    const [patient] = clinic.index.patients;
    const own: string[] = [];
    says = ({ id }) => {
      const { id: visit } = store.transaction((writer) =>
        writer.create({
          resourceType: 'Appointment',
          status: 'booked',
          start: new Date(Date.now() + 40 * 86_400_000).toISOString(),
          participant: [{ actor: { reference: `Patient/${patient?.id}` }, status: 'accepted' }],
        } as Resource),
      );
      own.push(visit);
      return { body: JSON.stringify({ id, outcome: 'noted' }) };
    };
    const { code, scorecard } = await hostileRun(place!, ['event.duplicate-reorder'], '--writes', 'all');
    expect(code).toBe(3);
    expect(scorecard?.residue).toEqual([]);
    expect(own.length).toBeGreaterThan(3);
    const states = own.map((id) => (store.get('Appointment', id)?.resource as { status?: string } | undefined)?.status);
    expect(new Set(states)).toEqual(new Set(['booked']));
  });

  it('an answer of 50 MB, or words nobody agreed on: nothing of it is kept', async () => {
    let asked = 0;
    says = ({ id }) => {
      asked += 1;
      const outcome = { id, outcome: `${planted}<script>`, object: `https://${planted}.example/Appointment/1` };
      return { body: asked % 2 === 0 ? planted.repeat(5_500_000) : JSON.stringify(outcome) };
    };
    const { code, asBefore } = await hostileRun(place!, ['event.duplicate-reorder'], '--writes', 'all');
    expect(asked).toBeGreaterThan(0);
    expect(code).toBe(3);
    expect(asBefore).toBe(true);
  });
});

describe('what a product posts later counts only where it is signed and about the event', () => {
  /** What the run counted of what came to its listener. */
  const countsIn = (outputs: string): unknown => {
    const line = outputs.split('\n').find((each) => each.includes('"event":"answers-posted"'));
    return (JSON.parse(line ?? '{}') as { data?: unknown }).data;
  };
  const signature = (body: string, key = secret): Record<string, string> => ({
    'x-scorecard-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
  });
  const post = (address: string, body: string, headers: Record<string, string> = {}): void => {
    const request = httpRequest(address, { method: 'POST', headers, agent: false }, (answer) => answer.resume());
    request.on('error', () => undefined).end(body);
  };

  it('HS-57 floods, forges, sends 50 MB, hangs, and never says a true word: a miss, exit 3, in time', async () => {
    says = ({ id, answerTo = '' }) => {
      const claim = JSON.stringify({ id, outcome: 'booked', object: visitBefore(), reason: planted });
      post(answerTo, claim);
      post(answerTo, claim, signature(claim, 'guessed'));
      const another = JSON.stringify({ id: 'of-yesterday', outcome: 'booked', object: visitBefore() });
      post(answerTo, another, signature(another));
      post(answerTo, planted.repeat(5_500_000), { 'transfer-encoding': 'chunked' });
      const { port, hostname, pathname } = new URL(answerTo);
      const hanging = connect(Number(port), hostname).on('error', () => undefined);
      hanging.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nx-${planted}: `);
      for (let flood = 0; flood < 100; flood++) post(answerTo, '{}');
      return { status: 202, body: '' };
    };
    const { code, asBefore, outputs } = await hostileRun(place!, ['event.duplicate-reorder'], '--writes', 'all');
    expect(code).toBe(3);
    expect(asBefore).toBe(true);
    const counts = countsIn(outputs) as Record<string, number> & { refused: Record<string, number> };
    expect(counts).toMatchObject({ taken: 0, notAwaited: 0, unreadable: 0 });
    for (const kind of ['unsigned', 'ofNoEvent', 'inVain']) expect(counts[kind], kind).toBeGreaterThan(0);
    for (const status of ['413', '429']) expect(counts.refused[status], status).toBeGreaterThan(0);
  });

  it('HS-59 answers before the event and twice after it: once each, and a claim stays a claim', async () => {
    let tellings = 0;
    says = ({ id, answerTo = '' }) => {
      tellings += 1;
      const early = JSON.stringify({ id: `${id}-next`, outcome: 'booked', object: visitBefore() });
      const claim = JSON.stringify({ id, outcome: 'booked', object: visitBefore() });
      post(answerTo, early, signature(early));
      for (let times = 0; times < 2; times++) post(answerTo, claim, signature(claim));
      return { status: 202, body: '' };
    };
    const { code, scorecard, asBefore, outputs } = await hostileRun(
      place!,
      ['event.duplicate-reorder'],
      '--writes',
      'all',
    );
    expect(code).toBe(3);
    expect(scorecard?.checks.find(({ id }) => id === 'event.duplicate-reorder')).toMatchObject({
      outcome: 'not-measured',
      reason: 'control-failed',
    });
    expect(asBefore).toBe(true);
    expect(countsIn(outputs)).toMatchObject({ inVain: 0, ofNoEvent: tellings, unsigned: 0 });
  });
});
