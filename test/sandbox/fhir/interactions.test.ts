import { describe, expect, it } from 'vitest';
import { base, clinic, clock, everything, jsonPatch, patient, testServer } from './server.js';

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: 'Patient/p1' },
  valueQuantity: { value: 70 },
};

describe('read', () => {
  it('answers with version headers and a request id', async () => {
    const answer = await testServer(...clinic).send('GET', 'Patient/p1', { headers: { 'x-request-id': 'r-7' } });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ ...patient, meta: { versionId: '1', lastUpdated: clock } });
    expect(answer.headers).toEqual({
      'content-type': 'application/fhir+json; charset=utf-8',
      etag: 'W/"1"',
      'last-modified': 'Wed, 02 Jan 2030 03:04:05 GMT',
      'x-request-id': 'request-1',
    });
  });

  it('answers HEAD without a body', async () => {
    const answer = await testServer(...clinic).send('HEAD', 'Patient/p1');
    expect([answer.status, answer.body, answer.headers['etag']]).toEqual([200, undefined, 'W/"1"']);
  });

  it.each([
    ['GET', 'Patient/none', 404, 'not-found'],
    ['GET', 'Patient/p1/_history/9', 404, 'not-found'],
    ['GET', 'Spaceship/1', 404, 'not-supported'],
    ['GET', 'Spaceship', 404, 'not-supported'],
    ['GET', 'constructor', 405, 'not-supported'],
    ['GET', 'Patient/p1/name', 405, 'not-supported'],
    ['GET', 'Appointment/$find', 404, 'not-supported'],
    ['DELETE', 'Patient', 405, 'not-supported'],
    ['GET', 'Patient/p1?_format=xml', 406, 'not-supported'],
  ] as const)('%s %s is %i', async (method, url, status, code) => {
    const answer = await testServer(...clinic).send(method, url);
    expect([answer.status, answer.issues[0]?.code]).toEqual([status, code]);
  });

  it('is not modified when If-None-Match names the version', async () => {
    const { send } = testServer(...clinic);
    const same = await send('GET', 'Patient/p1', { headers: { 'if-none-match': 'W/"1"' } });
    const other = await send('GET', 'Patient/p1', { headers: { 'if-none-match': 'W/"2"' } });
    expect([same.status, same.body, other.status]).toEqual([304, undefined, 200]);
  });

  it('needs a sign-in except for the capability statement', async () => {
    const { send, events } = testServer(...clinic);
    const read = await send('GET', 'Patient/p1', { access: null });
    expect([read.status, read.issues[0]?.code, read.headers['www-authenticate']]).toEqual([401, 'login', 'Bearer']);
    expect((await send('GET', 'metadata', { access: null })).json).toMatchObject({ fhirVersion: '4.0.1' });
    expect(events.map(({ status, access }) => [status, access])).toEqual([[401, null]]);
  });
});

describe('create', () => {
  it('gives the id, version 1 and a Location with the version', async () => {
    const { send } = testServer(...clinic);
    const answer = await send('POST', 'Observation', {
      body: { ...observation, id: 'mine', meta: { versionId: '7' } },
    });
    const id = String(answer.json['id']);
    expect(id).not.toBe('mine');
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ ...observation, id, meta: { versionId: '1', lastUpdated: clock } });
    expect(answer.headers).toMatchObject({
      location: `${base}/Observation/${id}/_history/1`,
      etag: 'W/"1"',
      'last-modified': 'Wed, 02 Jan 2030 03:04:05 GMT',
    });
  });

  it('returns what Prefer asks for', async () => {
    const { send } = testServer(...clinic);
    const prefer = (text: string) => send('POST', 'Observation', { body: observation, headers: { prefer: text } });
    expect((await prefer('return=minimal')).body).toBeUndefined();
    expect((await prefer('respond-async; return=OperationOutcome')).json['resourceType']).toBe('OperationOutcome');
    expect((await prefer('return=representation')).json['resourceType']).toBe('Observation');
  });

  it.each([
    ['not JSON', 'text', 400, 'structure', 'Observation'],
    ['another type', { ...observation, resourceType: 'Patient' }, 400, 'invalid', 'Observation.resourceType'],
    ['a missing element', { ...observation, status: undefined }, 422, 'required', 'Observation.status'],
    ['a missing list', { resourceType: 'Appointment', status: 'proposed' }, 422, 'required', 'Appointment.participant'],
    ['an unknown code', { ...observation, status: 'guessed' }, 422, 'code-invalid', 'Observation.status'],
    ['an unknown element', { ...observation, mood: 'good' }, 422, 'structure', 'Observation.mood'],
    [
      'an unknown patient',
      { ...observation, subject: { reference: 'Patient/none' } },
      422,
      'not-found',
      'Observation.subject',
    ],
    [
      'a wrong target',
      { ...observation, subject: { reference: 'Practitioner/d1' } },
      422,
      'value',
      'Observation.subject',
    ],
    ['a loose urn', { ...observation, subject: { reference: 'urn:uuid:1' } }, 422, 'value', 'Observation.subject'],
    [
      'a list for one',
      { ...observation, subject: [{ reference: 'Patient/p1' }] },
      422,
      'structure',
      'Observation.subject',
    ],
    ['one for a list', { ...observation, category: { text: 'x' } }, 422, 'structure', 'Observation.category'],
    ['a bad instant', { ...observation, issued: '2030-01-01' }, 422, 'value', 'Observation.issued'],
    ['two values', { ...observation, valueString: 'x' }, 422, 'structure', 'Observation.value[x]'],
    ['an empty text', { ...observation, code: { text: '' } }, 422, 'structure', 'Observation.code.text'],
    ['an empty list', { ...observation, category: [] }, 422, 'structure', 'Observation.category'],
    ['a null', { ...observation, code: null }, 422, 'structure', 'Observation.code'],
    ['a prototype', JSON.parse('{"resourceType":"Observation","__proto__":{"a":1}}'), 422, 'structure', 'Observation'],
  ])('refuses %s and stores nothing', async (_what, body, status, code, expression) => {
    const { send, store, events } = testServer(...clinic);
    const type = (body as { resourceType?: string }).resourceType === 'Appointment' ? 'Appointment' : 'Observation';
    const before = store.snapshot({ versions: true });
    const answer = await send('POST', type, { body: JSON.parse(JSON.stringify(body)) as unknown });
    expect(answer.status).toBe(status);
    expect(answer.issues).toContainEqual({ code, expression });
    expect(store.snapshot({ versions: true })).toEqual(before);
    expect(events).toMatchObject([{ interaction: 'create', status, resourceType: type }]);
  });

  it('refuses bodies nested too deep without falling over', async () => {
    const { send, faults } = testServer(...clinic);
    const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;
    const code = { ...observation, code: { extension: [deep(40)] } };
    expect((await send('POST', 'Observation', { body: code })).status).toBe(422);
    expect((await send('POST', 'Observation', { body: deep(1000) })).status).toBe(400);
    expect((await send('POST', '', { body: deep(1000) })).status).toBe(400);
    expect(faults).toEqual([]);
  });

  it('with If-None-Exist finds the one that is there, and refuses several', async () => {
    const { send, store } = testServer(...clinic);
    const body = { ...observation, identifier: [{ system: 'urn:k', value: '1' }] };
    const headers = { 'if-none-exist': 'identifier=urn:k|1' };
    const first = await send('POST', 'Observation', { body, headers });
    const second = await send('POST', 'Observation', { body, headers });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json['id']).toBe(first.json['id']);
    expect(second.headers['location'] ?? second.headers['content-location']).toContain(String(first.json['id']));
    await send('POST', 'Observation', { body });
    const third = await send('POST', 'Observation', { body, headers });
    expect([third.status, third.issues[0]?.code]).toEqual([412, 'multiple-matches']);
    expect([...store.all('Observation')]).toHaveLength(2);
    const unknown = await send('POST', 'Observation', { body, headers: { 'if-none-exist': 'colour=red' } });
    expect([unknown.status, unknown.issues[0]?.expression]).toEqual([400, 'colour']);
  });
});

describe('update, patch and delete', () => {
  const changed = { ...patient, gender: 'other' };
  const patch = [{ op: 'replace', path: '/gender', value: 'other' }];

  it('makes the next version when If-Match names the current one', async () => {
    const { send, store } = testServer(...clinic);
    const put = await send('PUT', 'Patient/p1', { body: changed, headers: { 'if-match': 'W/"1"' } });
    expect([put.status, put.headers['etag'], put.json['gender']]).toEqual([200, 'W/"2"', 'other']);
    const headers = { ...jsonPatch, 'if-match': 'W/"2"' };
    const patched = await send('PATCH', 'Patient/p1', {
      body: [
        { op: 'test', path: '/gender', value: 'other' },
        { op: 'remove', path: '/gender' },
      ],
      headers,
    });
    expect([patched.status, patched.headers['etag'], patched.json['gender']]).toEqual([200, 'W/"3"', undefined]);
    expect(patched.json['name']).toEqual((patient as { name: unknown }).name);
    expect(store.history('Patient', 'p1').map(({ method }) => method)).toEqual(['PATCH', 'PUT', 'POST']);
  });

  it.each([
    ['PUT', changed, {}],
    ['PATCH', patch, jsonPatch],
    ['DELETE', undefined, {}],
  ] as const)(
    '%s based on an outdated version is refused with the current one named',
    async (method, body, headers) => {
      const { send, store } = testServer(...clinic);
      await send('PUT', 'Patient/p1', { body: { ...patient, active: true }, headers: { 'if-match': 'W/"1"' } });
      const answer = await send(method, 'Patient/p1', { body, headers: { ...headers, 'if-match': 'W/"1"' } });
      expect([answer.status, answer.headers['etag'], answer.issues[0]?.code]).toEqual([412, 'W/"2"', 'conflict']);
      expect(store.get('Patient', 'p1')).toMatchObject({ versionId: '2', resource: { active: true } });
    },
  );

  it.each([
    ['PUT', changed, {}],
    ['PATCH', patch, jsonPatch],
  ] as const)('%s without If-Match is refused', async (method, body, headers) => {
    const { send, store } = testServer(...clinic);
    const answer = await send(method, 'Patient/p1', { body, headers });
    expect([answer.status, answer.issues]).toEqual([428, [{ code: 'required', expression: 'If-Match' }]]);
    expect(store.get('Patient', 'p1')?.versionId).toBe('1');
  });

  it.each([
    ['an id that is not there', 'Patient/none', { ...changed, id: 'none' }, 405],
    ['another id in the body', 'Patient/p1', { ...changed, id: 'p2' }, 400],
    ['no id in the body', 'Patient/p1', { ...changed, id: undefined }, 400],
    ['an unknown code', 'Patient/p1', { ...changed, gender: '12' }, 422],
  ])('PUT refuses %s', async (_what, url, body, status) => {
    const { send } = testServer(...clinic);
    expect((await send('PUT', url, { body, headers: { 'if-match': 'W/"1"' } })).status).toBe(status);
  });

  it.each([
    ['a failing test', [{ op: 'test', path: '/gender', value: 'male' }, ...patch], 422],
    ['a path that is not there', [{ op: 'replace', path: '/none/1', value: 1 }], 422],
    ['a result that is not valid', [{ op: 'replace', path: '/gender', value: 'guess' }], 422],
    ['a new id', [{ op: 'replace', path: '/id', value: 'p2' }], 422],
    ['a new type', [{ op: 'replace', path: '/resourceType', value: 'Observation' }], 400],
    ['no list', { op: 'remove', path: '/gender' }, 400],
    ['an unknown operation', [{ op: 'drop', path: '/gender' }], 400],
    ['the whole document', [{ op: 'replace', path: '', value: {} }], 400],
    ['a way to the prototype', [{ op: 'add', path: '/__proto__/polluted', value: 1 }], 400],
    [
      'copies of copies',
      Array.from({ length: 100 }, () => ({ op: 'copy', from: '/name', path: '/name/0/extension' })),
      422,
    ],
  ])('PATCH refuses %s and changes nothing', async (_what, body, status) => {
    const { send, store, faults } = testServer(...clinic);
    const answer = await send('PATCH', 'Patient/p1', { body, headers: { ...jsonPatch, 'if-match': 'W/"1"' } });
    expect([answer.status, answer.json['resourceType']]).toEqual([status, 'OperationOutcome']);
    expect(store.get('Patient', 'p1')?.versionId).toBe('1');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(faults).toEqual([]);
  });

  it('PATCH takes no other format', async () => {
    const headers = { 'if-match': 'W/"1"', 'content-type': 'application/merge-patch+json' };
    expect((await testServer(...clinic).send('PATCH', 'Patient/p1', { body: {}, headers })).status).toBe(415);
  });

  it('a deleted resource is gone, its versions stay, and it does not come back', async () => {
    const { send } = testServer(...clinic);
    const deleted = await send('DELETE', 'Patient/p2');
    expect([deleted.status, deleted.body, deleted.headers['etag']]).toEqual([204, undefined, 'W/"2"']);
    const after = await send('GET', 'Patient/p2');
    expect([after.status, after.issues[0]?.code]).toEqual([410, 'deleted']);
    expect((await send('GET', 'Patient/p2/_history/1')).status).toBe(200);
    expect((await send('GET', 'Patient/p2/_history/2')).status).toBe(410);
    expect((await send('DELETE', 'Patient/p2')).status).toBe(204);
    expect((await send('DELETE', 'Patient/none')).status).toBe(404);
    const put = await send('PUT', 'Patient/p2', { body: { ...patient, id: 'p2' }, headers: { 'if-match': '*' } });
    expect(put.status).toBe(410);
    expect((await send('GET', 'Patient?_id=p2')).bundle.total).toBe(0);
  });
});

describe('history', () => {
  it('lists versions of one resource, newest first, with request and response', async () => {
    const { send } = testServer(...clinic);
    await send('PUT', 'Patient/p2', { body: { ...patient, id: 'p2' }, headers: { 'if-match': 'W/"1"' } });
    await send('DELETE', 'Patient/p2');
    const { bundle } = await send('GET', 'Patient/p2/_history');
    expect([bundle.type, bundle.total]).toEqual(['history', 3]);
    expect(
      bundle.entry?.map(({ request, response, resource }) => [request?.method, response?.etag, resource !== undefined]),
    ).toEqual([
      ['DELETE', 'W/"3"', false],
      ['PUT', 'W/"2"', true],
      ['POST', 'W/"1"', true],
    ]);
    expect((await send('GET', 'Patient/none/_history')).status).toBe(404);
  });

  it('lists versions of a type in pages', async () => {
    const { send } = testServer(...clinic);
    const first = await send('GET', 'Slot/_history?_count=2');
    expect(first.bundle.entry?.map(({ resource }) => resource?.id)).toEqual(['s11', 's10']);
    const next = first.bundle.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const second = await send('GET', next);
    expect(second.bundle.entry?.map(({ resource }) => resource?.id)).toEqual(['s9']);
    expect(second.bundle.link?.map(({ relation }) => relation)).toEqual(['self']);
    expect((await send('GET', 'Slot/_history?_since=2031-01-01T00:00:00Z')).bundle.total).toBe(0);
  });
});

describe('the audit trail', () => {
  const event = {
    resourceType: 'AuditEvent',
    id: 'a1',
    type: { code: 'rest' },
    recorded: '2030-01-02T03:00:00Z',
    agent: [{ requestor: true, who: { identifier: { value: 'client-1' } } }],
    source: { observer: { display: 'sandbox' } },
    entity: [{ what: { reference: 'Patient/p1' } }],
  } as const;

  it.each([
    ['POST', 'AuditEvent', event, {}],
    ['PUT', 'AuditEvent/a1', event, { 'if-match': 'W/"1"' }],
    ['PATCH', 'AuditEvent/a1', [{ op: 'remove', path: '/entity' }], { ...jsonPatch, 'if-match': 'W/"1"' }],
    ['DELETE', 'AuditEvent/a1', undefined, {}],
  ] as const)('refuses %s %s whatever the scopes', async (method, url, body, headers) => {
    const { send, store } = testServer(...clinic, event as never);
    const answer = await send(method, url, { body, headers });
    expect([answer.status, answer.headers['allow'], answer.issues[0]?.code]).toEqual([
      405,
      'GET, HEAD',
      'not-supported',
    ]);
    expect([...store.all('AuditEvent')]).toHaveLength(1);
    expect((await send('GET', 'AuditEvent?patient=p1&date=ge2030-01-02T03:00:00Z&entity=Patient/p1')).ids).toEqual([
      'AuditEvent/a1',
    ]);
  });

  it('is told of every access once, with patients, version and query', async () => {
    const { send, events } = testServer(...clinic);
    await send('GET', 'Patient/p1');
    await send('GET', 'Patient/p1/_history/1');
    await send('GET', 'Appointment?patient=p2');
    await send('POST', 'Observation', { body: observation });
    await send('PATCH', 'Patient/p1', { body: [], headers: { ...jsonPatch, 'if-match': 'W/"1"' } });
    await send('DELETE', 'Patient/p2');
    expect(
      events.map(({ interaction, status, patients, versionId, query }) => [
        interaction,
        status,
        patients,
        versionId,
        query,
      ]),
    ).toEqual([
      ['read', 200, ['p1'], '1', undefined],
      ['vread', 200, ['p1'], '1', undefined],
      ['search', 200, ['p2'], undefined, 'Appointment?patient=p2'],
      ['create', 201, ['p1'], '1', undefined],
      ['patch', 400, ['p1'], '1', undefined],
      ['delete', 204, ['p2'], '2', undefined],
    ]);
    expect(events.every(({ requestId, access }) => requestId === 'request-1' && access === everything)).toBe(true);
  });
});
