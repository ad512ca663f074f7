import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from 'fhir/r4.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkplace, type Workplace } from './support/command-line.js';
import { hostileRun, planted } from './support/hostile-run.js';

/** A product that says this to every event. */
let says: (event: { readonly id: string }) => { readonly status?: number; readonly body: string };
let server: Server;
let place: Workplace | undefined;

beforeEach(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status = 200, body } = says(JSON.parse(Buffer.concat(parts).toString()) as { id: string });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  place = await openWorkplace({
    change({ organization }) {
      organization['aiSystem'] = { webhook: { url: `http://127.0.0.1:${port}/webhook` } };
    },
  });
});
afterEach(async () => {
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
  ])('HS-59 %s: a miss, exit 3, and nothing is touched', { timeout: 60_000 }, async (_, answer) => {
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

  it(
    'HS-59 writes all the time: none of it is an answer, and none of it is taken back',
    { timeout: 60_000 },
    async () => {
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
      const states = own.map(
        (id) => (store.get('Appointment', id)?.resource as { status?: string } | undefined)?.status,
      );
      expect(new Set(states)).toEqual(new Set(['booked']));
    },
  );

  it('an answer of 50 MB, or words nobody agreed on: nothing of it is kept', { timeout: 60_000 }, async () => {
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
