import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { base, booking, clinic, clock, patient, testServer } from './server.js';

const bundle = (type: string, ...entry: unknown[]) => ({ resourceType: 'Bundle', type, entry });
const post = (resource: Record<string, unknown>, more: object = {}, fullUrl?: string) => ({
  ...(fullUrl === undefined ? {} : { fullUrl }),
  resource,
  request: { method: 'POST', url: String(resource['resourceType']), ...more },
});
const encounter = { resourceType: 'Encounter', status: 'planned', class: { code: 'AMB' } };
const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Weight' } };

describe('batch', () => {
  it('answers each entry by itself', async () => {
    const { send, store } = testServer(...clinic);
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value: true }])).toString('base64');
    const { status, json } = await send('POST', '', {
      body: bundle(
        'batch',
        post(booking('s9', 9)),
        post(booking('s9', 9)),
        { request: { method: 'GET', url: 'Slot?status=free' } },
        { request: { method: 'GET', url: `${base}/Patient/none` } },
        { request: { method: 'PUT', url: 'Patient/p2', ifMatch: 'W/"9"' }, resource: { ...patient, id: 'p2' } },
        {
          request: { method: 'PATCH', url: 'Patient/p1', ifMatch: 'W/"1"' },
          resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: patch },
        },
        { request: { method: 'POST', url: '' }, resource: bundle('batch') },
      ),
    });
    const entries = json['entry'] as { response: Record<string, unknown>; resource?: Record<string, unknown> }[];
    expect([status, json['type']]).toEqual([200, 'batch-response']);
    expect(entries.map(({ response }) => response['status'])).toEqual([
      '201',
      '409',
      '200',
      '404',
      '412',
      '200',
      '405',
    ]);
    const id = String(entries[0]?.resource?.['id']);
    expect(entries[0]?.response).toEqual({
      status: '201',
      location: `${base}/Appointment/${id}/_history/1`,
      etag: 'W/"1"',
      lastModified: '2030-01-02T03:04:05.000Z',
    });
    expect(entries[1]?.response['outcome']).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(entries[2]?.resource).toMatchObject({ type: 'searchset', total: 1 });
    expect(store.get('Patient', 'p1')).toMatchObject({
      versionId: '2',
      resource: { active: true },
      lastUpdated: clock,
    });
  });

  it.each([
    ['no bundle', { resourceType: 'Patient' }],
    ['another type', bundle('collection')],
    ['too many entries', bundle('batch', ...Array.from({ length: 501 }, () => ({})))],
    ['an entry without a request', bundle('batch', { resource: patient })],
    ['an unknown method', bundle('batch', { request: { method: 'TRACE', url: 'Patient' } })],
  ])('refuses %s', async (_what, body) => {
    const { send, events } = testServer(...clinic);
    const answer = await send('POST', '', { body });
    expect([answer.status, answer.json['resourceType']]).toEqual([400, 'OperationOutcome']);
    expect(events).toMatchObject([{ interaction: 'operation', status: 400 }]);
  });
});

describe('transaction', () => {
  it('rewrites temporary names, in whatever order entries stand, and works reads last', async () => {
    const { send, store, events } = testServer(...clinic);
    const answer = await send('POST', '', {
      body: bundle(
        'transaction',
        { request: { method: 'GET', url: 'Observation?patient=p1' } },
        post({ ...observation, subject: { reference: 'Patient/p1' }, encounter: { reference: 'urn:uuid:e' } }),
        post({ ...encounter, subject: { reference: 'Patient/p1' } }, {}, 'urn:uuid:e'),
        { request: { method: 'DELETE', url: 'Patient/p2' } },
      ),
    });
    expect(answer.json['type']).toBe('transaction-response');
    expect(answer.bundle.entry?.map(({ response }) => response?.status)).toEqual(['200', '201', '201', '204']);
    const [read, written, visit] = answer.bundle.entry ?? [];
    expect(read?.resource).toMatchObject({ total: 1 });
    expect(written?.resource).toMatchObject({ encounter: { reference: `Encounter/${visit?.resource?.id ?? ''}` } });
    expect(store.get('Patient', 'p2')?.resource).toBeUndefined();
    expect(events.map(({ interaction, status }) => `${interaction} ${status}`)).toEqual([
      'delete 204',
      'create 201',
      'create 201',
      'search 200',
    ]);
  });

  it('refers to what a conditional create found instead of creating it', async () => {
    const { send, store } = testServer(...clinic);
    const answer = await send('POST', '', {
      body: bundle(
        'transaction',
        post(
          { ...(patient as object), resourceType: 'Patient' },
          { ifNoneExist: 'identifier=urn:mrn|1001' },
          'urn:uuid:p',
        ),
        post({ ...observation, subject: { reference: 'urn:uuid:p' } }),
      ),
    });
    expect(answer.bundle.entry?.map(({ response }) => response?.status)).toEqual(['200', '201']);
    expect(answer.bundle.entry?.[1]?.resource).toMatchObject({ subject: { reference: 'Patient/p1' } });
    expect([...store.all('Patient')]).toHaveLength(2);
  });

  const unique = { ...observation, identifier: [{ system: 'urn:k', value: '1' }] };
  it.each([
    ['a taken slot', [post(booking('s9', 9)), post(booking('s11', 11))], 409],
    ['one slot booked twice', [post(booking('s9', 9)), post(booking('s9', 9))], 409],
    ['an unknown code', [post(booking('s9', 9)), post({ ...observation, status: 'x' })], 422],
    [
      'a name nobody has',
      [post({ ...observation, subject: { reference: 'urn:uuid:none' } }), post(booking('s9', 9))],
      422,
    ],
    [
      'a reference to what it deletes',
      [
        post({ ...observation, subject: { reference: 'Patient/p2' } }),
        { request: { method: 'DELETE', url: 'Patient/p2' } },
      ],
      422,
    ],
    [
      'an outdated version',
      [post(booking('s9', 9)), { request: { method: 'PUT', url: 'Patient/p1', ifMatch: 'W/"7"' }, resource: patient }],
      412,
    ],
    ['a missing read', [post(booking('s9', 9)), { request: { method: 'GET', url: 'Patient/none' } }], 404],
    [
      'two changes of one resource',
      [
        { request: { method: 'DELETE', url: 'Patient/p1' } },
        { request: { method: 'PUT', url: 'Patient/p1' }, resource: patient },
      ],
      400,
    ],
    [
      'its own duplicate',
      [post(unique, { ifNoneExist: 'identifier=urn:k|1' }), post(unique, { ifNoneExist: 'identifier=urn:k|1' })],
      412,
    ],
  ])('with %s leaves nothing behind', async (_what, entries, status) => {
    const { send, store, events, faults } = testServer(...clinic);
    const before = store.snapshot({ versions: true });
    const changes: unknown[] = [];
    store.onCommit((change) => changes.push(change));
    const answer = await send('POST', '', { body: bundle('transaction', ...entries) });
    expect([answer.status, answer.json['resourceType']]).toEqual([status, 'OperationOutcome']);
    expect(store.snapshot({ versions: true })).toEqual(before);
    expect(changes).toEqual([]);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every((event) => event.status >= 400)).toBe(true);
    expect(faults).toEqual([]);
  });

  it('stores everything or nothing, whatever it holds', async () => {
    const entry = fc.constantFrom<object>(
      post(booking('s9', 9)),
      post(booking('s10', 10)),
      post(booking('s11', 11)),
      post({ ...observation, subject: { reference: 'Patient/p1' } }),
      post({ ...observation, status: 'guess' }),
      { request: { method: 'DELETE', url: 'Patient/p2' } },
      { request: { method: 'GET', url: 'Slot?status=free' } },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), async (entries) => {
        const { send, store, faults } = testServer(...clinic);
        const before = store.snapshot({ versions: true });
        const { status } = await send('POST', '', { body: bundle('transaction', ...entries) });
        if (status !== 200) expect(store.snapshot({ versions: true })).toEqual(before);
        expect(faults).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
