import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, customFetch } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertion, openSandbox, type Answer, type OpenSandbox } from './sandbox-session.js';

let opened: OpenSandbox;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

const callback = 'http://127.0.0.1:8765/callback';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const verifierOf = () => randomBytes(32).toString('base64url');
const locationOf = (answer: Answer): URL => new URL(String(answer.headers['location']));

interface Changes {
  readonly client?: string;
  readonly authorize?: Record<string, string | undefined>;
  readonly token?: Record<string, string | undefined>;
  readonly context?: Record<string, string>;
  readonly standalone?: boolean;
  readonly password?: string;
  /** Chosen on the page. */
  readonly visit?: string;
}

/** Plays app, EHR and person; gives what the last step answered. */
async function signIn(changes: Changes = {}) {
  const organization = opened.organization();
  const name = changes.client ?? 'scribe-app';
  const client = organization.clients.find((each) => each.name === name)!;
  const { issuer, fhirBase } = organization;
  const verifier = verifierOf();
  const { patients, encounters } = organization.clinic.index;
  const patient = patients[0]!.id;
  const visit = changes.visit ?? encounters.find((each) => each.patient === patients[0]!.alias)!.id;
  let launch: string | undefined;
  if (changes.standalone !== true) {
    const query = new URLSearchParams({ client_id: client.clientId, patient, ...changes.context });
    const opening = locationOf(await opened.send('GET', `${issuer}/launcher?${query.toString()}`));
    expect(opening.searchParams.get('iss')).toBe(fhirBase);
    launch = opening.searchParams.get('launch') ?? undefined;
  }
  const asked = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callback,
    scope: client.scopes.join(' '),
    state: 'state-1',
    nonce: 'nonce-1',
    aud: fhirBase,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    launch,
    ...changes.authorize,
  };
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) given.set(key, value);
  let answer = await opened.send('GET', `${issuer}/authorize?${given.toString()}`);
  if (answer.status !== 200) return { answer, patient, client, verifier };
  const [username = '', password = ''] = (
    await readFile(join(opened.folder, 'lakeside', 'keys', 'clinician.login'), 'utf8')
  ).split(':');
  const transaction = /name="transaction" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
  const login = new URLSearchParams({ transaction, username, password: changes.password ?? password });
  answer = await opened.send('POST', `${issuer}/login`, form, login.toString());
  const cookie = answer.headers['set-cookie'];
  if (answer.status === 200) {
    expect(answer.text).toContain(`value="${patient}"`);
    answer = await opened.send(
      'POST',
      `${issuer}/allow`,
      form,
      new URLSearchParams({ transaction, patient, encounter: visit }).toString(),
    );
  }
  if (answer.status !== 302) return { answer, patient, client, verifier };
  const returned = locationOf(answer);
  expect(returned.searchParams.get('state')).toBe('state-1');
  expect(returned.searchParams.get('iss')).toBe(issuer);
  const code = returned.searchParams.get('code') ?? '';
  const exchange = () => exchangeOf(name, { code, code_verifier: verifier, redirect_uri: callback, ...changes.token });
  return { answer: await exchange(), exchange, patient, client, verifier, cookie, visit, asked: given.toString() };
}

async function exchangeOf(name: string, members: Record<string, string | undefined>): Promise<Answer> {
  const organization = opened.organization();
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(organization, name),
  });
  for (const [key, value] of Object.entries(members)) if (value !== undefined) body.set(key, value);
  return opened.send('POST', organization.tokenUrl, form, body.toString());
}

describe('an app opened by the EHR', () => {
  test('gets a token with the patient and visit the EHR had open', async () => {
    const { index } = opened.organization().clinic;
    const visit = index.encounters.find(({ patient }) => patient === index.patients[0]!.alias)!;
    const { answer, patient, client } = await signIn({ context: { encounter: visit.id } });
    expect(answer).toMatchObject({
      status: 200,
      json: { token_type: 'Bearer', patient, encounter: visit.id, need_patient_banner: true, tenant: 'lakeside' },
    });
    expect(answer.json).toMatchObject({ scope: client.scopes.join(' ') });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('gets an id_token that its key set verifies', async () => {
    const { answer, client } = await signIn();
    const { issuer, fhirBase } = opened.organization();
    const { id_token: idToken = '' } = answer.json as { id_token?: string };
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`), {
      [customFetch]: async (url) => new Response((await opened.send('GET', url)).text),
    });
    const { payload } = await jwtVerify(idToken, keys, { issuer, audience: client.clientId });
    expect(decodeProtectedHeader(idToken).alg).toBe('ES384');
    expect(payload).toMatchObject({ nonce: 'nonce-1', fhirUser: expect.stringContaining(`${fhirBase}/Practitioner/`) });
  });

  test('a second launch has the context of its own', async () => {
    const other = opened.organization().clinic.index.patients[1]!.id;
    expect((await signIn()).answer.json).not.toMatchObject({ patient: other });
    expect((await signIn({ context: { patient: other } })).answer.json).toMatchObject({ patient: other });
  });
});

test('what else the EHR has open travels along', async () => {
  const { answer } = await signIn({ context: { intent: 'review', fhirContext: 'DocumentReference/d1' } });
  expect(answer.json).toMatchObject({ intent: 'review', fhirContext: [{ reference: 'DocumentReference/d1' }] });
});

describe('opened by itself', () => {
  const opening = { client: 'scribe-app-spare', standalone: true } as const;

  test('the person chooses patient and visit', async () => {
    const { answer, patient, visit } = await signIn(opening);
    expect(answer).toMatchObject({ status: 200, json: { patient, encounter: visit } });
  });

  test('a visit of somebody else is no choice', async () => {
    const { index } = opened.organization().clinic;
    const foreign = index.encounters.find(({ patient }) => patient !== index.patients[0]!.alias)!;
    expect((await signIn({ ...opening, visit: foreign.id })).answer.status).toBe(400);
  });
});

test('a browser that signed in is not asked for the password again', async () => {
  const { issuer } = opened.organization();
  const first = await signIn({ client: 'scribe-app-spare', standalone: true });
  const cookie = String(first.cookie ?? '').split(';')[0] ?? '';
  expect(first.cookie).toMatch(/; Path=\/lakeside\/auth; HttpOnly; SameSite=Lax$/);
  const again = await opened.send('GET', `${issuer}/authorize?${first.asked}`, { cookie });
  expect(again.text).toContain('Allow access');
  const other = await opened.send('GET', `${issuer}/authorize?${first.asked}`, { cookie: `${cookie}x` });
  expect(other.text).toContain('type="password"');
});

describe('a patient-level token', () => {
  test('reads its patient and nobody else', async () => {
    const { answer, patient } = await signIn();
    const { fhirBase, clinic } = opened.organization();
    const other = clinic.index.patients[1]!;
    const visit = clinic.index.encounters.find((each) => each.patient === other.alias)!;
    const headers = { authorization: `Bearer ${answer.json.access_token}` };
    const get = (path: string) => opened.send('GET', `${fhirBase}/${path}`, headers);
    expect((await get(`Patient/${patient}`)).status).toBe(200);
    expect((await get(`Patient/${other.id}`)).status).toBe(403);
    expect((await get(`Encounter/${visit.id}`)).status).toBe(403);
    expect((await get(`Encounter?patient=${other.id}&_include=Encounter:patient`)).json.entry ?? []).toEqual([]);
    const all = (await get('Encounter')).json.entry ?? [];
    expect(all.length).toBeGreaterThan(0);
    expect(JSON.stringify(all)).not.toContain(other.id);
  });
});

describe('refused, between two good sign-ins', () => {
  const tokenCases: Record<string, Changes> = {
    'wrong verifier': { token: { code_verifier: verifierOf() } },
    'no verifier': { token: { code_verifier: undefined } },
    'another redirect address': { token: { redirect_uri: `${callback}/x` } },
    'unknown code': { token: { code: 'made-up' } },
  };
  test.each(Object.entries(tokenCases))('%s', async (_name, changes) => {
    expect((await signIn()).answer.status).toBe(200);
    const { answer } = await signIn(changes);
    expect({ status: answer.status, error: answer.json.error }).toEqual({ status: 400, error: 'invalid_grant' });
    expect((await signIn()).answer.status).toBe(200);
  });

  test('a code used twice; the first token ends', async () => {
    const { answer, exchange, patient } = await signIn();
    const read = () =>
      opened.send('GET', `${opened.organization().fhirBase}/Patient/${patient}`, {
        authorization: `Bearer ${answer.json.access_token}`,
      });
    expect((await read()).status).toBe(200);
    expect((await exchange!()).json.error).toBe('invalid_grant');
    expect((await read()).status).toBe(401);
  });

  test.each([
    'http://127.0.0.1:8765/callback/extra',
    'http://127.0.0.1:8765/callback/',
    'http://127.0.0.1:8765/callback?next=1',
    'http://127.0.0.1:8766/callback',
    'https://evil.example/callback',
    'http://127.0.0.1:8765@evil.example/callback',
    '',
  ])('redirect address %s: a page, no redirect', async (address) => {
    const { answer } = await signIn({ authorize: { redirect_uri: address } });
    expect(answer.status).toBe(400);
    expect(answer.headers['location']).toBeUndefined();
  });

  const redirected: Record<string, [Record<string, string | undefined>, string]> = {
    'wrong aud': [{ aud: 'https://other.example/fhir' }, 'invalid_request'],
    'no aud': [{ aud: undefined }, 'invalid_request'],
    'plain challenge': [{ code_challenge_method: 'plain' }, 'invalid_request'],
    'no challenge': [{ code_challenge: undefined }, 'invalid_request'],
    'unknown launch': [{ launch: 'made-up' }, 'invalid_request'],
    'a scope that is not registered': [{ scope: 'openid patient/Observation.rs' }, 'invalid_scope'],
    'a token by the front door': [{ response_type: 'token' }, 'unsupported_response_type'],
  };
  test.each(Object.entries(redirected))('%s: sent back with an error', async (_name, [authorize, error]) => {
    const { answer } = await signIn({ authorize });
    expect(answer.status).toBe(302);
    const { origin, pathname, searchParams } = locationOf(answer);
    expect(`${origin}${pathname}`).toBe(callback);
    expect(Object.fromEntries(searchParams)).toMatchObject({ error, state: 'state-1' });
    expect(searchParams.has('code')).toBe(false);
  });

  test('a wrong password', async () => {
    expect((await signIn({ password: 'guess' })).answer.status).toBe(401);
  });
});
