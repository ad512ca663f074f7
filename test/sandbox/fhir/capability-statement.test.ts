import { describe, expect, it } from 'vitest';
import type { CapabilityStatement } from 'fhir/r4.js';
import { createClinic } from '../../../src/sandbox/clinic/clinic.js';
import { base, clinic, testServer } from './server.js';

async function statement(): Promise<CapabilityStatement> {
  const { json } = await testServer().send('GET', 'metadata', { access: null });
  return json as unknown as CapabilityStatement;
}

describe('the capability statement', () => {
  it('says who the server is and where to sign in', async () => {
    const { software, implementation, rest } = await statement();
    expect([software?.name, implementation?.url]).toEqual(['ehr-scorecard sandbox', base]);
    expect(rest?.[0]?.security).toMatchObject({
      service: [{ coding: [{ code: 'SMART-on-FHIR' }] }],
      extension: [{ extension: [{ url: 'token', valueUri: 'https://ehr.test/token' }] }],
    });
    expect(rest?.[0]?.resource?.map(({ type }) => type)).toContain('Subscription');
  });

  it('names search parameters and includes that all work in strict handling', async () => {
    const { send } = testServer(...clinic);
    const value = { token: 'x', string: 'x', reference: 'x', date: '2030-01-01' } as Readonly<Record<string, string>>;
    for (const { type, searchParam, searchInclude, searchRevInclude } of (await statement()).rest?.[0]?.resource ??
      []) {
      if (searchParam === undefined) continue;
      const query = new URLSearchParams(
        (searchParam ?? []).map(({ name, type: kind }): [string, string] => [name, value[kind] ?? '']),
      );
      for (const include of searchInclude ?? []) query.append('_include', include);
      for (const include of searchRevInclude ?? []) query.append('_revinclude', include);
      const answer = await send('GET', `${type}?${query.toString()}`, { headers: { prefer: 'handling=strict' } });
      expect([type, answer.status, answer.bundle.total]).toEqual([type, 200, 0]);
    }
  });

  it('lists no interaction that is refused by its kind, and every other one is', async () => {
    const { send } = testServer(...clinic);
    const tries = {
      create: ['POST', ''],
      update: ['PUT', '/x'],
      patch: ['PATCH', '/x'],
      delete: ['DELETE', '/x'],
    } as const;
    for (const { type, interaction, versioning } of (await statement()).rest?.[0]?.resource ?? []) {
      expect(versioning).toBe('versioned-update');
      for (const [code, [method, tail]] of Object.entries(tries)) {
        const declared = (interaction ?? []).some((candidate) => candidate.code === code);
        const answer = await send(method, `${type}${tail}`, { body: {} });
        expect([type, code, answer.headers['allow'] === undefined]).toEqual([type, code, declared]);
      }
    }
  });
});

it('declares a US Core profile only where every record has what the profile makes mandatory', async () => {
  // Cardinalities of https://hl7.org/fhir/us/core/STU6.1/profiles-and-extensions.html
  const mandatory: Readonly<Record<string, readonly string[]>> = {
    AllergyIntolerance: ['code', 'patient'],
    Coverage: ['status', 'relationship', 'beneficiary', 'payor'],
    DocumentReference: ['status', 'type', 'category', 'subject', 'content'],
    Encounter: ['status', 'class', 'type', 'subject'],
    MedicationRequest: ['status', 'intent', 'subject'],
    Patient: ['identifier', 'name', 'gender'],
    ServiceRequest: ['status', 'intent', 'code', 'subject'],
  };
  const declared = (await statement()).rest?.[0]?.resource?.filter(({ supportedProfile }) => supportedProfile) ?? [];
  expect(declared.map(({ type }) => type).sort()).toEqual(Object.keys(mandatory));
  const { resources } = createClinic({ organization: 'lakeside', seed: 'sandbox', now: new Date('2026-11-20') });
  for (const [type, elements] of Object.entries(mandatory)) {
    const records = resources.filter((resource) => resource.resourceType === type);
    expect(records.length, type).toBeGreaterThan(0);
    for (const record of records) expect(Object.keys(record), type).toEqual(expect.arrayContaining([...elements]));
  }
});
