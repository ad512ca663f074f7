import { describe, expect, it } from 'vitest';
import type { CapabilityStatement } from 'fhir/r4.js';
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
    for (const { type, searchParam, searchInclude } of (await statement()).rest?.[0]?.resource ?? []) {
      const query = new URLSearchParams(
        (searchParam ?? []).map(({ name, type: kind }): [string, string] => [name, value[kind] ?? '']),
      );
      for (const include of searchInclude ?? []) query.append('_include', include);
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
