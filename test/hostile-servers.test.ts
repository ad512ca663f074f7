import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  defineDeviation,
  reads,
  searches,
  withBundle,
  withResources,
  withoutParameter,
  withSmartConfiguration,
  type RawHandler,
} from '../src/sandbox/deviation.js';
import { deviations } from '../src/sandbox/deviations/index.js';
import { withTokenAnswer } from '../src/sandbox/token-answer.js';
import { openWorkplace, type Workplace } from './support/command-line.js';
import {
  changed,
  hostileRun,
  instead,
  json,
  planted,
  type Answer,
  type Ask,
  type Wrap,
} from './support/hostile-run.js';

// One otherwise clean EHR, one hostile behaviour a run, one exit code; `HS-n` is the row of the hostile-server table.

let place: Workplace;
let elsewhere: { readonly origin: string; readonly reached: () => number; close(): void };
let hostile: Wrap | undefined;

beforeAll(async () => {
  let reached = 0;
  const server = createServer((socket) => {
    reached += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  elsewhere = {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached: () => reached,
    close: () => server.close(),
  };
  place = await openWorkplace({
    deviations: [
      defineDeviation({
        id: 'hostile',
        title: 'whatever the row says',
        caughtBy: ['a.b'],
        source: 'https://hl7.org/fhir/R4/http.html',
        wrap: (next) => {
          let given: Wrap | undefined;
          let wrapped: RawHandler = next;
          return (request) => {
            if (given !== hostile) [given, wrapped] = [hostile, hostile === undefined ? next : hostile(next)];
            return wrapped(request);
          };
        },
      }),
    ],
  });
});
afterAll(async () => {
  elsewhere.close();
  await place.close();
});

const wrapOf = (id: string): Wrap => {
  const wrap = deviations.find((each) => each.id === id)?.wrap;
  if (wrap === undefined) throw new Error(`no deviation ${id} before everything`);
  return wrap;
};
const ofSlots = (request: Ask): boolean => searches(request, 'Slot');
const isMetadata = ({ path }: Ask): boolean => path.endsWith('/metadata');
const isToken = ({ path }: Ask): boolean => path.endsWith('/auth/token');
const isData = ({ path }: Ask): boolean => /\/fhir\/(?!metadata|\.well-known)/.test(path);
const textOf = ({ body }: Answer): string => (body === undefined ? '' : Buffer.from(body as string).toString());
const nextLink = (link: (request: Ask) => string): Wrap =>
  changed(ofSlots, (answer, request) =>
    withBundle(answer, (bundle) => ({ ...bundle, link: [{ relation: 'next', url: link(request) }] })),
  );
const tokenWith =
  (more: Record<string, unknown>): Wrap =>
  (next) =>
  async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, ...more }));

/** Hostile text where a person might read it: narrative, comments, diagnostics. */
const speaking = (text: string): Wrap =>
  changed(isData, (answer) =>
    withResources(answer, (resource) => ({
      ...resource,
      text: { status: 'generated', div: `<div>${planted}${text}</div>` },
      ...(resource.resourceType === 'Slot' ? { comment: `${planted}${text}` } : {}),
      ...(resource.resourceType === 'OperationOutcome'
        ? { issue: [{ severity: 'error', code: 'processing', diagnostics: `${planted}${text}` }] }
        : {}),
    })),
  );
const risingVersions: Wrap = (next) => async (request) => {
  if (reads(request, 'Appointment')) {
    const headers = { ...request.headers, 'content-type': 'application/json-patch+json', 'if-match': '*' };
    const body = Buffer.from('[{"op":"replace","path":"/status","value":"booked"}]');
    await next({ ...request, method: 'PATCH', headers, body });
  }
  return next(request);
};

type Row = readonly [id: string, behaviour: string, wrap: Wrap, only: readonly string[], exit: number, says?: string];
const fields = ['read.required-fields'];
const interactions = ['read.interactions'];
const signIn = ['auth.backend-token'];
const discovery = ['discovery.smart-config'];
const creating = ['write.create'];

const rows: readonly Row[] = [
  [
    'HS-3',
    'a header of 40 KiB',
    changed(ofSlots, (answer) => ({ ...answer, headers: { ...answer.headers, 'x-long': 'x'.repeat(40_960) } })),
    fields,
    3,
    'too-large',
  ],
  [
    'HS-4',
    'a body of 12 MB',
    instead(ofSlots, () => ({ status: 200, headers: json, body: Buffer.alloc(12_000_000, 0x20) })),
    fields,
    3,
    'too-large',
  ],
  [
    'HS-6',
    'truncated JSON',
    changed(ofSlots, (answer) => ({ ...answer, body: textOf(answer).slice(0, -40) })),
    fields,
    3,
  ],
  [
    'HS-13',
    'the statement redirects to another origin',
    instead(isMetadata, () => ({ status: 302, headers: { location: `${elsewhere.origin}/metadata` } })),
    ['discovery.capability'],
    3,
  ],
  [
    'HS-15',
    'a redirect loop in one origin',
    instead(isMetadata, ({ path }) => ({ status: 302, headers: { location: path } })),
    ['discovery.capability'],
    3,
  ],
  [
    'HS-16',
    'discovery names an unlisted token endpoint',
    (next) => async (request) =>
      withSmartConfiguration(request, await next(request), (document) => ({
        ...document,
        token_endpoint: `${elsewhere.origin}/token`,
      })),
    [...discovery, ...signIn],
    1,
  ],
  ['HS-17', 'the issuer is another organization’s token URL', wrapOf('issuer-of-another-organization'), discovery, 1],
  ['HS-18', 'the keys are at a metadata address', wrapOf('keys-at-a-metadata-address'), discovery, 1],
  [
    'HS-18',
    'the keys are in a file',
    (next) => async (request) =>
      withSmartConfiguration(request, await next(request), (document) => ({
        ...document,
        jwks_uri: 'file:///etc/passwd',
      })),
    discovery,
    1,
  ],
  ['HS-19', 'a token with CR LF', wrapOf('token-with-line-break'), signIn, 1],
  ['HS-19', 'a token of 1 MB', tokenWith({ access_token: planted.repeat(120_000) }), signIn, 1],
  [
    'HS-19',
    'HTML with 200 for a token',
    instead(isToken, () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: `<html>${planted}</html>`,
    })),
    signIn,
    1,
  ],
  ['HS-20', 'expires_in 1e12', tokenWith({ expires_in: 1e12 }), signIn, 1],
  ...[-1, 0, '300', undefined].map((expires_in): Row => [
    'HS-20',
    `expires_in ${JSON.stringify(expires_in)}`,
    tokenWith({ expires_in }),
    signIn,
    0,
  ]),
  [
    'HS-23',
    '401 for the allowed and the forbidden call',
    instead(isData, () => ({ status: 401, headers: { 'www-authenticate': 'Bearer' } })),
    ['scope.enforced'],
    3,
  ],
  [
    'HS-26',
    'an HTML sign-in page with 200',
    instead(isData, () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: `<html>${planted}</html>` })),
    fields,
    3,
  ],
  [
    'HS-27',
    '200 with an OperationOutcome',
    instead(ofSlots, () => ({
      status: 200,
      headers: json,
      body: `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception","diagnostics":"${planted}"}]}`,
    })),
    interactions,
    1,
  ],
  ['HS-27', 'an empty Bundle for an unknown type', wrapOf('unknown-type-empty'), interactions, 1],
  ['HS-28', 'another id than asked', wrapOf('read-brings-another'), interactions, 1],
  [
    'HS-29',
    'a test patient that was merged',
    changed(
      (request) => request.path.includes('/Patient'),
      (answer) =>
        withResources(
          answer,
          (patient) => ({ ...patient, link: [{ other: { reference: 'Patient/x' }, type: 'replaced-by' }] }) as never,
        ),
    ),
    fields,
    6,
    'canary-missing',
  ],
  [
    'HS-29',
    'a test patient with another name',
    changed(
      (request) => request.path.includes('/Patient'),
      (answer) => withResources(answer, (patient) => ({ ...patient, name: [{ family: planted }] }) as never),
    ),
    fields,
    6,
    'canary-missing',
  ],
  ['HS-30', 'a filter ignored: other patients’ rows', wrapOf('search-brings-strangers'), interactions, 1],
  ['HS-31', 'a next link to another origin', nextLink(() => `${elsewhere.origin}/Slot?page=2`), interactions, 1],
  ['HS-31', 'a next link of javascript', nextLink(() => 'javascript:alert(1)'), interactions, 1],
  ['HS-31', 'a next link to a file', nextLink(() => 'file:///etc/passwd'), interactions, 1],
  ['HS-32', 'a next link that loops', wrapOf('next-link-loops'), interactions, 1],
  [
    'HS-32',
    'next links that never end',
    nextLink(({ path }) => `${place.sandbox.origin}${path.replace('/_search', '')}?page=${Math.random()}`),
    interactions,
    1,
  ],
  [
    'HS-33',
    'a million entries',
    instead(ofSlots, () => ({
      status: 200,
      headers: json,
      body: `{"resourceType":"Bundle","type":"searchset","entry":[${'{},'.repeat(999_999)}{}]}`,
    })),
    fields,
    3,
    'too-many',
  ],
  [
    'HS-34',
    'nesting of 100,000',
    instead(ofSlots, () => ({
      status: 200,
      headers: json,
      body: `{"resourceType":"Bundle","type":"searchset","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    })),
    fields,
    3,
    'too-deep',
  ],
  [
    'HS-35',
    '__proto__, constructor and keys that come twice',
    changed(isData, (answer) => ({
      ...answer,
      body: textOf(answer).replace(
        /^\{/,
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"language":"a","language":"en",',
      ),
    })),
    fields,
    0,
  ],
  [
    'HS-36',
    'a BOM, a byte that is no UTF-8, a lone surrogate and NUL',
    changed(ofSlots, (answer) => ({
      ...answer,
      body: Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from('{"language":"\\ud800\\u0000'),
        Buffer.from([0xff]),
        Buffer.from(textOf(answer).replace(/^\{/, '",')),
      ]),
    })),
    fields,
    0,
  ],
  [
    'HS-37',
    'a version W/"007" and 1e999',
    changed(isData, (answer) => ({
      ...answer,
      headers: { ...answer.headers, etag: 'W/"007"' },
      body: textOf(answer).replace(/^\{/, '{"x":1e999,'),
    })),
    fields,
    0,
  ],
  [
    'HS-38',
    'escapes for the terminal in every text',
    speaking('\u001b[2J\u001b]52;c;eA==\u0007\u001b]8;;https://evil.example\u0007\u202e\u2066\u200b'),
    [...fields, ...interactions, ...creating],
    0,
  ],
  [
    'HS-39',
    'marks of HTML, Markdown, logs and spreadsheets in every text',
    speaking('</script>![](http://evil.example)\n::error::]]>=cmd|@team'),
    [...fields, ...interactions, ...creating],
    0,
  ],
  ['HS-40', 'ids that lead elsewhere', wrapOf('search-row-with-odd-id'), interactions, 1],
  [
    'HS-43',
    'the statement claims all, and what is created is not there',
    wrapOf('create-not-stored'),
    ['discovery.capability', ...creating],
    1,
  ],
  ['HS-44', '201 without Location, ETag and body', wrapOf('create-without-trace'), creating, 1],
  ['HS-45', '201 and nothing stored', wrapOf('create-not-stored'), creating, 1],
  ['HS-45', '500 and stored', wrapOf('create-stored-with-500'), creating, 1],
  ['HS-46', 'a Location at another host', wrapOf('create-location-elsewhere'), creating, 1],
  [
    'HS-47',
    'identifier ignored: strangers come in its place',
    (next) => (request) => next(withoutParameter(request, 'identifier')),
    creating,
    0,
  ],
  [
    'HS-50',
    'DELETE refused',
    instead(
      ({ method }) => method === 'DELETE',
      () => ({ status: 405, headers: json }),
    ),
    creating,
    0,
  ],
  ['HS-51', 'the version rises on every read', risingVersions, creating, 0],
  [
    'HS-55',
    'no Date',
    changed(
      () => true,
      ({ headers, ...answer }) => ({ ...answer, headers: { ...headers, date: '' } }),
    ),
    [...fields, ...creating],
    0,
  ],
  [
    'HS-55',
    'a constant Date of this minute',
    (next) => {
      const date = new Date().toUTCString();
      return async (request) => {
        const answer = await next(request);
        return { ...answer, headers: { ...answer.headers, date } };
      };
    },
    [...fields, ...creating],
    0,
  ],
];

describe('one hostile behaviour, one exit code', () => {
  for (const [id, behaviour, wrap, only, exit, says] of rows) {
    it(`${id} ${behaviour}`, async () => {
      const reachedBefore = elsewhere.reached();
      hostile = wrap;
      const ran = await hostileRun(place, only, '--writes', 'all');
      expect(ran.code, ran.stderr).toBe(exit);
      if (says !== undefined) expect(ran.outputs.includes(says), `no word of ${says}`).toBe(true);
      expect(ran.scorecard?.residue ?? []).toEqual([]);
      expect(ran.asBefore).toBe(true);
      expect(elsewhere.reached()).toBe(reachedBefore);
    });
  }
});
