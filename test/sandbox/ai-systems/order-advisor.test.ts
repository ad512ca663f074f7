import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../../src/sandbox/ai-systems/order-advice.js';
import { advisorService, startOrderAdvisor } from '../../../src/sandbox/ai-systems/start-order-advisor.js';
import type { RunningProgram } from '../../../src/sandbox/ai-systems/start-program.js';
import { createClientKey, type ClientKey } from '../../../src/sandbox/keys.js';
import { openSandbox, type OpenSandbox } from '../sandbox-session.js';

const issuer = 'https://ehr.example/fhir';
let folder: string;
let opened: OpenSandbox;
let key: ClientKey;
let advisor: RunningProgram;
let fhirBase: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-advisor-'));
  opened = await openSandbox({ organizations: ['lakeside'] });
  ({ fhirBase } = opened.organization());
  key = await createClientKey('ES384');
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, opened.sandbox.caPem ?? '');
  const callers = [{ issuer, keys: [key.publicJwk] }];
  advisor = await startOrderAdvisor(folder, { fhirBase, caFile, callers, faults: [], logFile: logFile() });
});
afterAll(async () => {
  await advisor?.stop();
  await opened?.close();
  await rm(folder, { recursive: true, force: true });
});

const logFile = (): string => join(folder, 'cards.ndjson');
const endpoint = (): string => `${advisor.origin}/cds-services/${advisorService}`;

async function token(audience: string, claims: object = {}): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES384', kid: key.kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(await importPKCS8(key.privatePem, 'ES384'));
}

async function post(body: object, path = '', bearer?: string) {
  const answer = await fetch(`${endpoint()}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer ?? (await token(endpoint()))}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as { cards: Card[] } };
}

const order = (code: string) => ({
  resourceType: 'ServiceRequest',
  id: 'order-1',
  status: 'draft',
  code: { coding: [{ system: 'http://snomed.info/sct', code }] },
});
const call = (code: string, more: object = {}, patientId = 'p-1') => ({
  hook: 'order-sign',
  hookInstance: randomUUID(),
  context: {
    userId: 'Practitioner/1',
    patientId,
    draftOrders: { resourceType: 'Bundle', entry: [{ resource: order(code) }] },
  },
  ...more,
});
const active = { resourceType: 'Coverage', id: 'c-1', status: 'active' };
const coverage = { prefetch: { coverage: { resourceType: 'Bundle', entry: [{ resource: active }] } } };
const breast = '241615005';
const ultrasound = '16310003';

describe('the order advisor', () => {
  it('lists its service, to whom it trusts', async () => {
    const list = `${advisor.origin}/cds-services`;
    const answer = await fetch(list, { headers: { authorization: `Bearer ${await token(list)}` } });
    expect(await answer.json()).toMatchObject({
      services: [
        {
          id: 'pa-needed',
          hook: 'order-sign',
          prefetch: { coverage: 'Coverage?patient={{context.patientId}}&status=active' },
        },
      ],
    });
    expect((await fetch(list)).status).toBe(401);
  });

  it('says once that the payer wants to be asked, with a suggestion and an id, and takes feedback', async () => {
    const { status, json } = await post(call(breast, coverage));
    expect([status, json.cards.length]).toEqual([200, 1]);
    const [card] = json.cards;
    expect(card).toMatchObject({
      indicator: 'info',
      selectionBehavior: 'at-most-one',
      suggestions: [{ actions: [{ type: 'update', resource: { id: 'order-1', note: [{}] } }] }],
    });
    const told = { card: card?.uuid, outcome: 'overridden', outcomeTimestamp: new Date().toISOString() };
    expect((await post({ feedback: [told] }, '/feedback')).status).toBe(200);
    expect((await post({ feedback: [{ ...told, card: randomUUID() }] }, '/feedback')).status).toBe(400);
    expect((await post({ feedback: [] }, '/feedback')).status).toBe(400);
  });

  it('writes down what became of a card, and nothing of whose it was', async () => {
    const { json } = await post(call(breast, coverage, 'p-of-the-log'));
    const card = json.cards[0]?.uuid;
    const told = {
      card,
      outcome: 'accepted',
      acceptedSuggestions: [{ id: 's' }],
      outcomeTimestamp: '2026-11-19T09:00:00Z',
    };
    expect((await post({ feedback: [told] }, '/feedback')).status).toBe(200);
    expect((await post({ feedback: [{ ...told, outcomeTimestamp: 'today' }] }, '/feedback')).status).toBe(400);
    const log = await readFile(logFile(), 'utf8');
    const lines = log.split('\n').filter((line) => line.includes(String(card)));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { at: expect.any(String) as string, service: advisorService, card, outcome: 'shown' },
      { at: '2026-11-19T09:00:00.000Z', service: advisorService, card, outcome: 'accepted' },
    ]);
    expect(log).not.toContain('p-of-the-log');
  });

  it('says nothing about an order nobody wants to be asked about', async () => {
    expect(await post(call(ultrasound, coverage))).toEqual({ status: 200, json: { cards: [] } });
  });

  it.each([
    ['not sent', {}],
    ['null', { prefetch: { coverage: null } }],
    ['an error', { prefetch: { coverage: { resourceType: 'OperationOutcome', issue: [] } } }],
  ])('answers 412 where the coverage is %s', async (_, more) => {
    expect((await post(call(breast, more))).status).toBe(412);
  });

  it('reads the coverage itself with the token a call brings, from its own EHR only', async () => {
    const { clinic } = opened.organization();
    const patient = clinic.index.patients.find(({ alias }) => alias === 'p1')?.id ?? '';
    const session = await opened.signIn('tracker');
    const fhirAuthorization = {
      access_token: session.token,
      token_type: 'Bearer',
      expires_in: 60,
      scope: 'system/Coverage.rs',
      subject: 'advisor',
    };
    const given = (fhirServer: string) => call(breast, { fhirServer, fhirAuthorization }, patient);
    const { status, json } = await post(given(fhirBase));
    expect([status, json.cards.length]).toEqual([200, 1]);
    expect((await post(given('https://elsewhere.example/fhir'))).status).toBe(412);
  });

  it.each([
    ['another hook', { hook: 'patient-view' }],
    ['no instance', { hookInstance: undefined }],
    ['no context', { context: undefined }],
  ])('does not understand a call with %s', async (_, more) => {
    expect((await post(call(breast, { ...coverage, ...more }))).status).toBe(400);
  });

  it('answers a token once, and only one that was made for it', async () => {
    const once = await token(endpoint());
    expect((await post(call(ultrasound, coverage), '', once)).status).toBe(200);
    expect((await post(call(ultrasound, coverage), '', once)).status).toBe(401);
    const elsewhere = await token('https://other.example/cds-services/pa-needed');
    expect((await post(call(ultrasound, coverage), '', elsewhere)).status).toBe(401);
    const tenant = await token(endpoint(), { tenant: 'somebody else' });
    expect((await post(call(ultrasound, coverage), '', tenant)).status).toBe(401);
  });
});

it('says which key of its configuration is wrong', async () => {
  const callers = 'nobody' as unknown as [];
  await expect(startOrderAdvisor(join(folder, 'wrong'), { fhirBase, callers, faults: [] })).rejects.toThrow(/callers/);
});
