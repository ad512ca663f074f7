import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Appointment, Resource, Slot, Subscription } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AiSystemName, type RunningAiSystem, startAiSystem } from '../../../src/sandbox/ai-systems/start.js';
import type { SandboxOrganization } from '../../../src/sandbox/organization.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { reusedKeys } from '../../support/client-keys.js';

let folder: string;
let sandbox: Sandbox;
let lakeside: SandboxOrganization;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-systems-'));
  sandbox = await startSandbox({
    organizations: ['lakeside'],
    seed: 'ai-systems-test',
    keysFolder: folder,
    createKey: reusedKeys(),
  });
  const found = sandbox.organizations.get('lakeside');
  if (!found) throw new Error('no organization');
  lakeside = found;
  await writeFile(join(folder, 'ca.pem'), sandbox.caPem ?? '');
});

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('integrated', () => {
  let program: RunningAiSystem;
  beforeAll(async () => {
    program = await start('integrated');
  });
  afterAll(() => program.stop());

  it('opens its doors only to the token', async () => {
    expect((await fetch(program.queryUrl)).status).toBe(401);
    expect((await fetch(program.queryUrl, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    const ehr = program.queryUrl.replace('/availability', '/ehr');
    expect((await fetch(ehr, { method: 'POST', headers: { authorization: `Bearer ${program.token}` } })).status).toBe(
      401,
    );
  });

  it('offers what is free now, and no longer what was just booked', async () => {
    const { slots } = await ask(program);
    expect(slots.length).toBe(
      lakeside.clinic.index.schedules
        .filter(({ site }) => site === 'north')
        .reduce((sum, { freeSlots }) => sum + freeSlots, 0),
    );
    const [first] = slots;
    if (!first) throw new Error('nothing is offered');
    const booked = await call(program, { intent: 'book', ...caller(0), slot: first.slot });
    expect(booked).toMatchObject({ outcome: 'booked', slot: first.slot });
    expect((await ask(program)).slots.map(({ slot }) => slot)).not.toContain(first.slot);
    expect((await ask(program, { slot: first.slot })).slots).toEqual([]);
    expect((stored(first.slot) as Slot | undefined)?.status).toBe('busy');
  });

  it('books once for two identical calls, and cancels once', async () => {
    const slot = (await ask(program)).slots[0]?.slot;
    const identifier = { system: 'https://voicebot.example/call', value: 'call-1' };
    const wish = { intent: 'book', ...caller(1), slot, identifier };
    const first = await call(program, wish);
    expect(first.outcome).toBe('booked');
    expect(await call(program, wish)).toEqual(first);
    expect((stored(first.appointment ?? '') as Appointment | undefined)?.identifier).toContainEqual(identifier);
    const cancel = { intent: 'cancel', ...caller(1), appointment: first.appointment };
    expect(await call(program, cancel)).toEqual({ outcome: 'cancelled', appointment: first.appointment });
    expect(await call(program, cancel)).toEqual({ outcome: 'cancelled', appointment: first.appointment });
    expect((stored(slot ?? '') as Slot | undefined)?.status).toBe('free');
  });

  it('takes signed events only, and the same event once', async () => {
    const identifier = { system: 'https://voicebot.example/call', value: 'event-1' };
    const event = { id: 'event-1', trigger: 'call', action: 'book', inputs: caller(4), identifier };
    expect((await tell(program, event, 'wrong')).status).toBe(401);
    expect((await fetch(program.webhookUrl, { method: 'POST', body: JSON.stringify(event) })).status).toBe(401);
    const first = (await (await tell(program, event)).json()) as Record<string, unknown>;
    expect(first).toMatchObject({ id: 'event-1', outcome: 'booked' });
    expect((stored(first['object'] as string) as Appointment | undefined)?.identifier).toContainEqual(identifier);
    expect(await (await tell(program, event)).json()).toEqual(first);
    expect((await tell(program, { trigger: 'call' })).status).toBe(400);
    const cancelled = { id: 'event-2', action: 'cancel', inputs: { ...caller(4), appointment: first['object'] } };
    expect(await (await tell(program, cancelled)).json()).toMatchObject({
      outcome: 'cancelled',
      object: first['object'],
    });
  });

  it('hands a second visit of the same caller to a person', async () => {
    const from = (await ask(program)).slots[0]?.start;
    const to = new Date(Date.parse(from ?? '') + 86_400_000).toISOString();
    const inputs = { ...caller(8), from, to };
    const event = (id: string) => ({ id, action: 'book', inputs, identifier: { system: 's', value: id } });
    const first = (await (await tell(program, event('event-3'))).json()) as Record<string, unknown>;
    expect(first).toMatchObject({ outcome: 'booked' });
    expect(await (await tell(program, event('event-4'))).json()).toMatchObject({ outcome: 'queued-for-human' });
  });

  it('hands a caller with a twin to a person', async () => {
    const twin = lakeside.clinic.index.patients.find(({ alias }) => alias === 'twin-a');
    const answer = await call(program, { intent: 'book', family: twin?.family, birthDate: twin?.birthDate });
    expect(answer.outcome).toBe('queued-for-human');
  });

  it('answers a freed visit with an offer of its slot', async () => {
    const visit = lakeside.clinic.index.appointments.find(({ patient }) => patient === 'p5');
    const appointment = `Appointment/${visit?.id}`;
    expect((await ask(program, { appointment })).offers).toEqual([]);
    free(visit?.id ?? '', visit?.slot ?? '');
    const offer = await offerFor(program, appointment);
    expect(offer).toMatchObject({ appointment, slot: `Slot/${visit?.slot}` });
  });

  it('offers nothing for a visit whose slot is taken again', async () => {
    const visit = lakeside.clinic.index.appointments.find(({ patient }) => patient === 'p6');
    free(visit?.id ?? '', undefined);
    await lakeside.subscriptions.idle();
    expect(await offerFor(program, `Appointment/${visit?.id}`, 5)).toBeUndefined();
  });
});

describe('answering-machine', () => {
  let program: RunningAiSystem;
  beforeAll(async () => {
    program = await start('answering-machine');
  });
  afterAll(() => program.stop());

  it('still offers a slot that was taken since it started, and writes nothing', async () => {
    const slot = (await ask(program)).slots[0]?.slot ?? '';
    change<Slot>(slot, { status: 'busy' });
    expect((await ask(program, { slot })).slots.map((each) => each.slot)).toEqual([slot]);
    const visits = [...lakeside.store.all('Appointment')].length;
    expect((await call(program, { intent: 'book', ...caller(2), slot })).outcome).toBe('noted');
    expect([...lakeside.store.all('Appointment')]).toHaveLength(visits);
    expect(subscriptions()).toEqual([]);
  });

  it('never answers a freed visit', async () => {
    const visit = lakeside.clinic.index.appointments.find(({ patient }) => patient === 'p7');
    free(visit?.id ?? '', visit?.slot ?? '');
    expect(await offerFor(program, `Appointment/${visit?.id}`, 5)).toBeUndefined();
  });
});

describe.each([
  ['double-booker', { outcome: 'booked', visits: 2 }],
  ['re-typer', { outcome: 'noted', visits: 0 }],
] as const)('%s', (name, { outcome, visits }) => {
  it(`leaves ${visits} visits where one event was told twice`, async () => {
    const program = await start(name);
    try {
      const identifier = { system: 'https://voicebot.example/call', value: `${name}-1` };
      const event = { id: `${name}-1`, trigger: 'call', action: 'book', inputs: caller(9), identifier };
      for (const _ of ['once', 'again'])
        expect(await (await tell(program, event)).json()).toMatchObject({ id: event.id, outcome });
      const own = [...lakeside.store.all('Appointment')].filter((visit) =>
        JSON.stringify(visit).includes(`"${name}-1"`),
      );
      expect(own).toHaveLength(visits);
    } finally {
      await program.stop();
    }
  });
});

describe('the end', () => {
  it('takes the subscription away when it is switched off, and again when it stops', async () => {
    const program = await start('integrated');
    const wanted = subscriptions();
    expect(wanted.map(({ status, criteria }) => [status, criteria])).toEqual([
      ['active', 'Appointment?status=cancelled'],
    ]);
    expect(await control(program, '/off')).toEqual({ on: false });
    expect(subscriptions()).toEqual([]);
    expect((await post(program, program.callUrl, { intent: 'book', ...caller(3) })).status).toBe(503);
    expect(await control(program, '/on')).toEqual({ on: true });
    expect(subscriptions()).toHaveLength(1);
    await program.stop();
    expect(subscriptions()).toEqual([]);
    expect((await readdir(join(folder, 'ai'))).filter((name) => name.endsWith('.json'))).toEqual([]);
  });

  it('leaves nothing behind after SIGTERM', async () => {
    const program = await start('integrated');
    expect(subscriptions()).toHaveLength(1);
    process.kill(program.processId, 'SIGTERM');
    await program.stop();
    expect(subscriptions()).toEqual([]);
  });

  it('says what is wrong when it cannot sign in', async () => {
    await expect(start('integrated', { clientId: 'lakeside-nobody' })).rejects.toThrow('sign-in answered 401');
  });
});

function start(name: AiSystemName, different: { clientId?: string } = {}): Promise<RunningAiSystem> {
  const client = lakeside.clients.find((each) => each.name === 'ai-voice-bot');
  if (!client) throw new Error('no client for the program');
  const { index } = lakeside.clinic;
  return startAiSystem(name, join(folder, 'ai'), {
    fhirBase: lakeside.fhirBase,
    tokenUrl: lakeside.tokenUrl,
    clientId: client.clientId,
    keyFile: client.keyFile,
    caFile: join(folder, 'ca.pem'),
    kid: client.kid,
    algorithm: client.algorithm,
    providers: [
      ...new Set(index.schedules.filter(({ site }) => site === 'north').map(({ practitioner }) => practitioner)),
    ],
    visitType: index.visitType.code,
    earliestDays: 14,
    latestDays: 60,
    ...different,
  });
}

interface Offered {
  readonly slot: string;
  readonly start?: string;
  readonly appointment?: string;
}

async function ask(program: RunningAiSystem, query: Record<string, string> = {}) {
  const response = await fetch(`${program.queryUrl}?${new URLSearchParams(query).toString()}`, {
    headers: { authorization: `Bearer ${program.token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { slots: Offered[]; offers: Offered[] };
}

async function offerFor(program: RunningAiSystem, appointment: string, looks = 100): Promise<Offered | undefined> {
  for (let look = 0; look < looks; look += 1) {
    const { offers } = await ask(program, { appointment });
    if (offers[0]) return offers[0];
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  return undefined;
}

function post(program: RunningAiSystem, url: string, body: unknown) {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function call(program: RunningAiSystem, body: unknown) {
  return (await (await post(program, program.callUrl, body)).json()) as { outcome: string; appointment?: string };
}

async function control(program: RunningAiSystem, path: string): Promise<unknown> {
  return (await post(program, `${program.controlUrl}${path}`, {})).json();
}

function caller(n: number): { family: string; birthDate: string } {
  const patient = lakeside.clinic.index.patients[n];
  if (!patient) throw new Error('no such patient');
  return { family: patient.family, birthDate: patient.birthDate };
}

function stored(reference: string): Resource | undefined {
  const [type = '', id = ''] = reference.split('/');
  return lakeside.store.get(type, id)?.resource;
}

function subscriptions(): Subscription[] {
  return [...lakeside.store.all('Subscription')].map((resource) => resource as Resource as Subscription);
}

/** As staff would: the visit is cancelled, and its slot free again where one is named. */
function free(visit: string, slot: string | undefined): void {
  if (slot !== undefined) change<Slot>(`Slot/${slot}`, { status: 'free' });
  change<Appointment>(`Appointment/${visit}`, { status: 'cancelled' });
}

function change<T extends Resource>(reference: string, elements: Partial<T>): void {
  const current = stored(reference);
  if (!current) throw new Error(`no ${reference}`);
  lakeside.store.transaction((writer) => writer.update({ ...current, ...elements }));
}

function tell(program: RunningAiSystem, event: unknown, secret = program.webhookSecret): Promise<Response> {
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return fetch(program.webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scorecard-signature': `sha256=${signature}` },
    body,
  });
}
