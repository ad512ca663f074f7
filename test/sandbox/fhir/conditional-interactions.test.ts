import { describe, expect, it } from 'vitest';
import { clinic, everything, patient, testServer } from './server.js';

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: 'Patient/p1' },
  identifier: [{ system: 'https://scale.test', value: '7' }],
} as const;
const search = 'Observation?identifier=https://scale.test|7';

describe('an update by search', () => {
  it('creates where nothing is found, and updates what is', async () => {
    const { send, store } = testServer(...clinic);
    const created = await send('PUT', search, { body: observation });
    const updated = await send('PUT', search, { body: { ...observation, status: 'amended' } });
    expect([created.status, updated.status, updated.json['id']]).toEqual([201, 200, created.json['id']]);
    expect(store.history('Observation', String(created.json['id'])).map(({ method }) => method)).toEqual([
      'PUT',
      'POST',
    ]);
  });

  it('refuses a version that is not the current one, an id of its own, and two that fit', async () => {
    const { send } = testServer(...clinic);
    const { json } = await send('POST', 'Observation', { body: observation });
    const stale = await send('PUT', search, { body: observation, headers: { 'if-match': 'W/"9"' } });
    const other = await send('PUT', search, { body: { ...observation, id: 'mine' } });
    await send('POST', 'Observation', { body: observation });
    const several = await send('PUT', search, { body: { ...observation, id: json['id'] } });
    expect([stale.status, other.status, several.status]).toEqual([412, 400, 412]);
    const none = await send('PUT', 'Observation?identifier=https://scale.test|8', {
      body: { ...observation, id: 'mine' },
    });
    expect(none.status).toBe(405);
  });

  it('needs a search, known parameters and the right', async () => {
    const { send, store } = testServer(...clinic);
    const access = { ...everything, permits: (letter: string) => letter !== 'u' };
    const answers = [
      await send('PUT', 'Observation', { body: observation }),
      await send('PUT', 'Observation?colour=red', { body: observation }),
      await send('PUT', search, { body: observation, access }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([405, 400, 403]);
    expect([...store.all('Observation')]).toEqual([]);
  });
});

describe('a delete by search', () => {
  it('takes the one that is found, and nothing where there are none or two', async () => {
    const { send, store, events } = testServer(...clinic);
    const { json } = await send('POST', 'Observation', { body: observation });
    await send('POST', 'Observation', { body: { ...observation, status: 'amended' } });
    const several = await send('DELETE', search);
    const one = await send('DELETE', `${search}&status=final`);
    const none = await send('DELETE', `${search}&status=final`);
    expect([several.status, one.status, none.status]).toEqual([412, 204, 404]);
    expect([...store.all('Observation')]).toMatchObject([{ status: 'amended' }]);
    expect(events.filter(({ interaction, status }) => interaction === 'delete' && status === 204)).toMatchObject([
      { resourceId: json['id'], patients: ['p1'] },
    ]);
  });

  it('never takes what the client may not delete', async () => {
    const { send, store } = testServer(...clinic);
    await send('POST', 'Observation', { body: observation });
    const access = { ...everything, permits: (letter: string) => letter !== 'd' };
    expect((await send('DELETE', search, { access })).status).toBe(403);
    expect([...store.all('Observation')]).toHaveLength(1);
  });
});

describe('$validate', () => {
  const asked = (body: unknown) => testServer(...clinic).send('POST', 'Observation/$validate', { body });

  it('has nothing against a valid resource, and stores nothing', async () => {
    const { send, store } = testServer(...clinic);
    const answer = await send('POST', 'Observation/$validate', { body: observation });
    expect([answer.status, answer.json['issue']]).toMatchObject([200, [{ severity: 'information' }]]);
    expect([...store.all('Observation')]).toEqual([]);
  });

  it.each([
    ['a code nobody knows', { ...observation, status: 'ready' }, 'code-invalid'],
    ['a missing element', { resourceType: 'Observation', status: 'final' }, 'required'],
    ['another type', patient, 'invalid'],
    ['nothing', undefined, 'structure'],
  ])('says what is wrong with %s', async (_what, body, code) => {
    const answer = await asked(body);
    expect([answer.status, answer.issues[0]?.code]).toEqual([200, code]);
  });

  it('takes the resource out of Parameters', async () => {
    const parameter = [
      { name: 'mode', valueCode: 'create' },
      { name: 'resource', resource: observation },
    ];
    const answer = await asked({ resourceType: 'Parameters', parameter });
    expect([answer.status, answer.json['issue']]).toMatchObject([200, [{ severity: 'information' }]]);
  });

  it('is not for whoever may not create', async () => {
    const access = { ...everything, permits: () => false };
    const answer = await testServer(...clinic).send('POST', 'Observation/$validate', { body: observation, access });
    expect(answer.status).toBe(403);
  });
});
