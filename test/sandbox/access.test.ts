import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientTable, roleRights } from '../../src/sandbox/clients.js';
import { createSiteOf } from '../../src/sandbox/sites.js';
import { parseScope } from '../../src/sandbox/scopes.js';
import { openSandbox, type Answer, type Json, type OpenSandbox } from './sandbox-session.js';

let opened: OpenSandbox;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

const resources = (answer: Answer): Json[] => (answer.json.entry ?? []).map((entry) => entry.resource);
const index = () => opened.organization().clinic.index;
const atSite = (site: string) => {
  const patient = index().patients.find((each) => each.site === site);
  if (!patient) throw new Error(`no test patient at ${site}`);
  return patient;
};

// Scopes of an app that ask about the sign-in and not about the record (SMART App Launch, scopes).
const aboutTheSignIn = /^(openid|fhirUser|launch(\/\w+)?|online_access|offline_access)$/;

test('every scope of the client table is readable and within its role', () => {
  for (const { name, role, scopes } of clientTable) {
    for (const text of scopes) {
      if (aboutTheSignIn.test(text)) continue;
      const scope = parseScope(text);
      expect(scope, `${name} ${text}`).toBeDefined();
      for (const letter of scope?.interactions ?? []) {
        expect(roleRights[role][scope?.resourceType ?? ''], `${name} ${text}`).toContain(letter);
      }
    }
  }
});

test('client names are unique, and each organization has its own ids and keys', () => {
  expect(new Set(clientTable.map(({ name }) => name)).size).toBe(clientTable.length);
  const all = [...opened.sandbox.organizations.values()].flatMap(({ clients }) => clients);
  for (const field of ['clientId', 'kid', 'keyFile'] as const) {
    expect(new Set(all.map((client) => client[field])).size).toBe(2 * clientTable.length);
  }
});

describe('scope', () => {
  test('a type, a letter, an entry and an include beyond it are refused or left out', async () => {
    const bot = await opened.signIn('voice-bot');
    const { id } = atSite('north');
    expect((await bot.get(`Patient/${id}`)).status).toBe(200);
    expect((await bot.get(`Coverage?patient=${id}`)).status).toBe(403);
    expect((await bot.post('Patient', { resourceType: 'Patient' })).status).toBe(403);
    const batch = await bot.post('', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { request: { method: 'GET', url: `Patient/${id}` } },
        { request: { method: 'GET', url: `Coverage?patient=${id}` } },
      ],
    });
    expect(batch.json.entry?.map((entry) => entry.response?.status.slice(0, 3))).toEqual(['200', '403']);
    expect((await bot.get(`Patient/${id}`)).status).toBe(200);
  });

  test('a token with less than the registration does less', async () => {
    const narrow = await opened.signIn('voice-bot', 'lakeside', ['system/Slot.rs']);
    const slots = await narrow.get('Slot?status=free&_include=Slot:schedule&_count=5');
    expect(resources(slots).map((resource) => resource.resourceType)).toEqual(Array(5).fill('Slot'));
    const wide = await opened.signIn('voice-bot');
    const both = await wide.get('Slot?status=free&_include=Slot:schedule&_count=5');
    expect(resources(both).some((resource) => resource.resourceType === 'Schedule')).toBe(true);
    expect((await narrow.get(`Patient/${atSite('north').id}`)).status).toBe(403);
  });
});

describe('site', () => {
  test('the other site is neither read nor found, and is there for its own people', async () => {
    const [north, south] = [await opened.signIn('scheduler-north'), await opened.signIn('scheduler-south')];
    const { patient, slot, appointment, site } = index().otherSite;
    expect(site).toBe('south');
    for (const path of [`Patient/${patient}`, `Slot/${slot}`, `Appointment/${appointment}`]) {
      expect([403, 404]).toContain((await north.get(path)).status);
      expect((await south.get(path)).status).toBe(200);
    }
    expect(resources(await north.get(`Patient?_id=${patient}`))).toEqual([]);
    expect(resources(await south.get(`Patient?_id=${patient}`))).toHaveLength(1);
  });

  test('a booking into the other site is refused', async () => {
    const booking = {
      resourceType: 'Appointment',
      status: 'booked',
      slot: [{ reference: `Slot/${index().otherSite.slot}` }],
      participant: [{ actor: { reference: `Patient/${index().otherSite.patient}` }, status: 'accepted' }],
    };
    expect((await (await opened.signIn('scheduler-north')).post('Appointment', booking)).status).toBe(403);
  });

  test('everything that speaks of a patient or a diary belongs to a site of its clinic', () => {
    const { clinic, store } = opened.organization();
    const siteOf = createSiteOf(clinic.index.sites, (type, id) => store.get(type, id)?.resource);
    const found = new Map<string, Set<string>>();
    for (const resource of clinic.resources) {
      const where = siteOf(resource);
      if (where === 'everywhere') continue;
      expect(where, `${resource.resourceType}/${resource.id}`).not.toBe('unknown');
      const sites = found.get(resource.resourceType) ?? new Set();
      found.set(resource.resourceType, sites.add(where === 'unknown' ? '' : where.site));
    }
    for (const type of ['Patient', 'Slot', 'Appointment', 'Encounter', 'Task', 'Coverage', 'DocumentReference']) {
      expect([...(found.get(type) ?? [])].sort(), type).toEqual(['imaging', 'north', 'south']);
    }
    expect([...found.keys()]).not.toContain('Practitioner');
  });
});

test('a role without the right is refused whatever the type', async () => {
  const frontDesk = await opened.signIn('front-desk');
  expect((await frontDesk.get('Appointment?_count=1')).status).toBe(200);
  expect((await frontDesk.get('Patient?_count=1')).status).toBe(403);
});
