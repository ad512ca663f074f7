import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { defineDeviation, type Deviation } from '../../src/sandbox/deviation.js';
import { assertion, openSandbox, tokenRequest, type OpenSandbox } from './sandbox-session.js';

const head = { id: 'x', title: 'x', caughtBy: ['a.b'], source: 'https://example.org' } as const;

async function misbehaving(deviation: Deviation, work: (opened: OpenSandbox) => Promise<void>) {
  const opened = await openSandbox({ deviations: [deviation] });
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

test('authorization: replays, foreign audiences and long lives accepted, more granted than asked', async () => {
  const deviation = defineDeviation({
    ...head,
    authorization: (rules) => ({
      ...rules,
      acceptsReplayedAssertion: true,
      acceptsAudience: () => true,
      longestAssertionSeconds: 3_600,
      tokenLifetimeSeconds: 20,
      scopesGranted: (requested) => [...requested, 'system/Task.d'],
    }),
  });
  await misbehaving(deviation, async (opened) => {
    const organization = opened.organization();
    const exp = Math.floor(Date.now() / 1_000) + 3_000;
    const signed = await assertion(organization, 'scribe', { claims: { aud: 'https://example.org', exp } });
    for (const _ of [1, 2]) {
      const answer = await tokenRequest(opened.send, organization, 'scribe', { signed, scopes: ['system/Patient.r'] });
      expect(answer.json).toMatchObject({ expires_in: 20, scope: 'system/Patient.r system/Task.d' });
    }
  });
});

test('authorization: tokens of the other organization, and rights that ignore the site', async () => {
  const deviation = defineDeviation({
    ...head,
    authorization: (rules) => ({
      ...rules,
      acceptsTokenOfOtherOrganization: true,
      permits: ({ role }) => role === 'scheduler',
    }),
  });
  await misbehaving(deviation, async (opened) => {
    const { token, get } = await opened.signIn('scheduler-north');
    const { fhirBase } = opened.organization('summit');
    const authorization = `Bearer ${token}`;
    expect((await opened.send('GET', `${fhirBase}/Slot?_count=1`, { authorization })).status).toBe(200);
    const { patient } = opened.organization().clinic.index.otherSite;
    expect((await get(`Patient/${patient}`)).status).toBe(200);
    expect((await (await opened.signIn('scribe')).get(`Patient/${patient}`)).status).toBe(403);
  });
});

test('store: what is read differs from what is kept', async () => {
  const deviation = defineDeviation({ ...head, store: (store) => ({ ...store, get: () => undefined }) });
  await misbehaving(deviation, async (opened) => {
    const { id, clinic, store } = opened.organization();
    const patient = clinic.index.patients[0]?.id ?? '';
    expect(id).toBe('lakeside');
    expect(store.get('Patient', patient)?.resource?.id).toBe(patient);
    expect((await (await opened.signIn('scribe')).get(`Patient/${patient}`)).status).toBe(404);
  });
});

test('audit: searches are not logged', async () => {
  const deviation = defineDeviation({
    ...head,
    audit: (next) => (record, event) => {
      if (event.interaction !== 'search') next(record, event);
    },
  });
  await misbehaving(deviation, async (opened) => {
    const scribe = await opened.signIn('scribe');
    const patient = opened.organization().clinic.index.patients[0]?.id;
    await scribe.get(`Patient?_id=${patient}`);
    await scribe.get(`Patient/${patient}`);
    const auditor = await opened.signIn('auditor');
    const log = await auditor.get('AuditEvent?_count=100');
    expect(log.text).toContain('"code":"read"');
    expect(log.text).not.toContain('"code":"search"');
  });
});

test('listen: TLS 1.2 at most', async () => {
  const deviation = defineDeviation({
    ...head,
    listen: (settings) => ({ ...settings, tls: { maxVersion: 'TLSv1.2' } }),
  });
  await misbehaving(deviation, async ({ sandbox }) => {
    expect(await protocolOf(sandbox.origin, sandbox.caPem)).toBe('TLSv1.2');
  });
});

test('without a deviation TLS 1.3 is spoken', async () => {
  const opened = await openSandbox({ organizations: ['lakeside'] });
  expect(await protocolOf(opened.sandbox.origin, opened.sandbox.caPem)).toBe('TLSv1.3');
  await opened.close();
});

function protocolOf(origin: string, ca: string | undefined): Promise<string | null> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), ...(ca === undefined ? {} : { ca }) }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
