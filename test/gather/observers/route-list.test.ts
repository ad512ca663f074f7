import { describe, expect, it } from 'vitest';
import { routeCalls } from '../../../src/gather/observers/route-calls.js';
import { readRouteList } from '../../../src/gather/observers/route-list.js';
import { structuredText } from '../../../src/load/structured-text.js';

const lists = (text: string) =>
  readRouteList(text, structuredText)?.routes.map(({ method, address }) => `${method} ${address}`);

const openApi = `
openapi: 3.0.3
servers: [{url: "https://app.example/{tenant}", variables: {tenant: {default: harbor}}}]
components:
  parameters:
    Patient: {name: patientId, in: path, required: true, schema: {type: string}}
paths:
  /patients/{patientId}/summary:
    parameters: [{$ref: "#/components/parameters/Patient"}]
    get: {responses: {200: {description: ok}}}
    put: {responses: {200: {description: ok}}}
  /drafts:
    get:
      parameters:
        - {name: patient, in: query}
        - {name: page, in: query}
        - {name: kind, in: query, required: true, example: note}
  /drafts/{id}/text:
    get: {parameters: [{name: id, in: path, required: true}]}
`;

const values = {
  of: { patient: 'p-1', mrn: 'M 1', organization: 'harbor' },
  testPatients: ['p-1', 'p-2'],
  canaries: ['zzsampleone'],
  base: new URL('https://app.example/launch'),
  isOfProduct: (address: URL) => address.origin === 'https://app.example',
};
const callsOf = (text: string, most = 24) => {
  const list = readRouteList(text, structuredText);
  if (list === undefined) throw new Error('no list');
  const { calls, leftOut, signOut } = routeCalls(list, values, most);
  return {
    calls: calls.map(({ name, url, namesPatient }) => [name, url.href, namesPatient]),
    leftOut: leftOut.map(({ name, why }) => [name, why]),
    signOut: signOut?.href,
  };
};

describe('a list of routes', () => {
  it('by OpenAPI 3, in YAML', () => {
    expect(lists(openApi)).toEqual([
      'GET https://app.example/harbor/patients/{patientId}/summary',
      'PUT https://app.example/harbor/patients/{patientId}/summary',
      'GET https://app.example/harbor/drafts?patient={patient}&kind={kind}',
      'GET https://app.example/harbor/drafts/{id}/text',
    ]);
  });

  it('by a recorded session: what was answered, without what makes the page', () => {
    const entry = (url: string, status: number, mimeType: string) => ({
      request: { method: 'GET', url },
      response: { status, content: { mimeType } },
    });
    const entries = [
      entry('https://app.example/api/patients/p-2/notes', 200, 'application/json'),
      entry('https://app.example/api/patients/p-2/notes', 200, 'application/json'),
      entry('https://app.example/main.js', 200, 'application/javascript'),
      entry('https://app.example/api/nothing', 404, 'application/json'),
    ];
    expect(lists(JSON.stringify({ log: { version: '1.2', entries } }))).toEqual([
      'GET https://app.example/api/patients/p-2/notes',
    ]);
  });

  it.each([
    [
      'lines',
      '# ours\nGET /a/{patient}\n\n/b\nwss://app.example/live\n',
      ['GET /a/{patient}', 'GET /b', 'GET wss://app.example/live'],
    ],
    ['items', '- GET /a\n- {method: post, path: /b}\n', ['GET /a', 'POST /b']],
    ['items in JSON', '["/a", 7, {"url": "/c"}]', ['GET /a', 'GET /c']],
    ['a map of routes', 'routes: [GET /a]', ['GET /a']],
  ])('by %s', (_, text, expected) => {
    expect(lists(text)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html><p>Sign in</p>'],
    ['Swagger 2', 'swagger: "2.0"\npaths: {}'],
    ['broken YAML', 'openapi: [3'],
    ['deep JSON', '['.repeat(100_000)],
    ['items that are none', '[1, null, {"path": 7}]'],
    ['an alias bomb', `a: &a [x]\n${Array.from({ length: 300 }, () => '').join('')}b: [${'*a, '.repeat(300)}*a]`],
  ])('not %s', (_, text) => {
    expect(readRouteList(text, structuredText)).toBeUndefined();
  });

  it.each([
    ['paths that are no map', '{"openapi": "3.1.0", "paths": [1]}'],
    ['members of the wrong type', '{"openapi": "3.1.0", "servers": 1, "paths": {"/a": {"get": 1}, "/b": null}}'],
    ['a log without requests', '{"log": {"entries": [1, {}, {"request": {"method": 1}}]}}'],
  ])('empty with %s', (_, text) => {
    expect(lists(text)).toEqual([]);
  });
});

describe('calls of a list', () => {
  it('are filled with the test patient, or named with the reason', () => {
    expect(callsOf(openApi)).toEqual({
      calls: [
        ['GET /harbor/patients/{patientId}/summary', 'https://app.example/harbor/patients/p-1/summary', true],
        ['GET /harbor/drafts?patient&kind', 'https://app.example/harbor/drafts?patient=p-1&kind=note', true],
      ],
      leftOut: [
        ['PUT /harbor/patients/{patientId}/summary', 'method'],
        ['GET /harbor/drafts/{id}/text', 'not-filled'],
      ],
      signOut: undefined,
    });
  });

  it.each([
    ['the id below its kind', '/patients/{id}/x', '/patients/p-1/x', true],
    ['a record number', '/chart?mrn={mrn}', '/chart?mrn=M%201', true],
    ['another test patient', '/patients/p-2/x?with=p-2', '/patients/p-1/x?with=p-1', true],
    ['an organization', '/{tenant}/note', '/harbor/note', false],
    ['nobody', '/health', '/health', false],
  ])('name %s', (_, path, filled, namesPatient) => {
    expect(callsOf(`GET ${path}`).calls.map(([, url, names]) => [url, names])).toEqual([
      [`https://app.example${filled}`, namesPatient],
    ]);
  });

  it.each([
    ['https://elsewhere.example/patients/{patient}', 'origin'],
    ['//elsewhere.example/patients/{patient}', 'origin'],
    ['wss://app.example/live', 'websocket'],
    ['/launch', 'sign-in'],
    ['/logout', 'sign-in'],
    ['/visits/{visitId}', 'not-filled'],
  ])('leave out %s: %s', (address, why) => {
    expect(callsOf(`GET ${address}`).leftOut.map(([, reason]) => reason)).toEqual([why]);
  });

  it('keep no value in a name', () => {
    const [[name] = []] = callsOf('GET /patients/p-2/Doe99/ZZSampleOne/v2/1970-01-01/notes?born=1970-01-01').calls;
    expect(name).toBe('GET /patients/{…}/{…}/{…}/v2/{…}/notes?born');
  });

  it('send no user and no fragment', () => {
    expect(callsOf('GET https://somebody:secret@app.example/a#b').calls.map(([, url]) => url)).toEqual([
      'https://app.example/a',
    ]);
  });

  it('are so many at most, each once; where to sign out is known', () => {
    const { calls, leftOut, signOut } = callsOf('GET /a\nGET /a\nGET /b\nGET /c\nGET /sign-out', 2);
    expect(calls).toHaveLength(2);
    expect(leftOut).toEqual([
      ['GET /c', 'too-many'],
      ['GET /sign-out', 'sign-in'],
    ]);
    expect(signOut).toBe('https://app.example/sign-out');
  });
});
