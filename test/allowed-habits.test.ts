import type { Bundle, OperationOutcome } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { defineDeviation, withBundle, type Deviation, type RawHandler } from '../src/sandbox/deviation.js';
import { isTokenRequest, withTokenAnswer } from '../src/sandbox/token-answer.js';
import type { WorkflowName } from '../src/sandbox/clinic/workflows.js';
import { trial } from './support/trial.js';
import { everything } from './support/everything.js';

type Ask = Parameters<RawHandler>[0];
type Answer = Awaited<ReturnType<RawHandler>>;

/** A server that does otherwise what the standards leave open. */
const habit = (id: string, source: string, wrap: (next: RawHandler) => RawHandler): Deviation =>
  defineDeviation({ id, title: id, caughtBy: ['read.interactions'], source, wrap });
const answering =
  (change: (answer: Answer, request: Ask) => Answer) =>
  (next: RawHandler): RawHandler =>
  async (request) =>
    change(await next(request), request);
const without = (answer: Answer, ...names: string[]): Answer => ({
  ...answer,
  headers: Object.fromEntries(Object.entries(answer.headers ?? {}).filter(([name]) => !names.includes(name))),
});
const bare = (answer: Answer): Answer => {
  const { body: _body, ...rest } = without(answer, 'content-type', 'content-length');
  return rest;
};
const isFhir = ({ path }: Ask): boolean => /\/fhir\/[A-Z]/.test(path);
const isChange = ({ method, path }: Ask): boolean => ['PUT', 'PATCH'].includes(method) && isFhir({ path } as Ask);
const rest = 'https://hl7.org/fhir/R4/http.html';

const habits: readonly Deviation[] = [
  habit(
    '409 for an outdated version',
    `${rest}#concurrency`,
    answering((answer) => (answer.status === 412 ? { ...answer, status: 409 } : answer)),
  ),
  habit(
    'a create or change is answered without a body',
    `${rest}#ops`,
    answering((answer, request) =>
      (answer.status === 201 && isFhir(request)) || (answer.status === 200 && isChange(request))
        ? bare(answer)
        : answer,
    ),
  ),
  habit(
    'no answer has an ETag',
    `${rest}#versioning`,
    answering((answer, request) => (isFhir(request) ? without(answer, 'etag', 'last-modified') : answer)),
  ),
  habit(
    'a location is relative',
    'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2',
    answering((answer) => {
      const location = answer.headers?.['location'];
      return location === undefined || !/\/fhir\//.test(location)
        ? answer
        : { ...answer, headers: { ...answer.headers, location: location.replace(/^.*\/fhir\//, '') } };
    }),
  ),
  habit(
    'what may not be seen is not there',
    'https://hl7.org/fhir/R4/security.html#AccessDenied',
    answering((answer, request) =>
      answer.status === 403 && request.method === 'GET' && isFhir(request) ? { ...bare(answer), status: 404 } : answer,
    ),
  ),
  habit(
    '403 without a body',
    'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4',
    answering((answer) => (answer.status === 403 ? bare(answer) : answer)),
  ),
  habit(
    'what is not there is told by a page for people',
    `${rest}#Status-Codes`,
    answering((answer, request) =>
      answer.status === 404 && isFhir(request)
        ? { status: 404, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><title>Not Found</title>' }
        : answer,
    ),
  ),
  habit(
    'a deleted object is not there',
    `${rest}#delete`,
    answering((answer) => (answer.status === 410 ? { ...answer, status: 404 } : answer)),
  ),
  habit(
    'a delete is answered 200 with an outcome',
    `${rest}#delete`,
    answering((answer, request) =>
      answer.status === 204 && request.method === 'DELETE' && isFhir(request)
        ? {
            status: 200,
            headers: { 'content-type': 'application/fhir+json' },
            body: JSON.stringify({
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'information', code: 'informational', diagnostics: 'Deleted' }],
            } satisfies OperationOutcome),
          }
        : answer,
    ),
  ),
  habit(
    'results count nothing, and say a word about themselves',
    'https://hl7.org/fhir/R4/search.html#return',
    answering((answer, request) =>
      isFhir(request) && answer.status === 200
        ? withBundle(answer, (bundle): Bundle => {
            if (bundle.type !== 'searchset') return bundle;
            const { total: _total, ...uncounted } = bundle;
            const word: OperationOutcome = {
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'information', code: 'informational', diagnostics: 'From the read replica' }],
            };
            return {
              ...uncounted,
              entry: [...(bundle.entry ?? []), { resource: word, search: { mode: 'outcome' } }],
            };
          })
        : answer,
    ),
  ),
  habit('pages are asked for at the base', `${rest}#paging`, (next) => async (request) => {
    const kept = request.query.get('_getpages');
    const [path, cursor] = kept === null ? [] : Buffer.from(kept, 'base64url').toString().split(' ');
    const answer = await next(
      path === undefined || cursor === undefined
        ? request
        : { ...request, path, query: new URLSearchParams({ _cursor: cursor }) },
    );
    return isFhir({ ...request, path: path ?? request.path }) && answer.status === 200
      ? withBundle(answer, (bundle) => ({
          ...bundle,
          link: (bundle.link ?? []).map(({ relation, url }) => {
            const here = new URL(url);
            const more = here.searchParams.get('_cursor');
            if (more === null) return { relation, url };
            const opaque = Buffer.from(`${here.pathname} ${more}`).toString('base64url');
            return { relation, url: `${here.origin}${here.pathname.replace(/\/[A-Z].*$/, '')}?_getpages=${opaque}` };
          }),
        }))
      : answer;
  }),
  habit(
    'a token is of the type bearer, in small letters',
    'https://www.rfc-editor.org/rfc/rfc6749#section-7.1',
    answering((answer, request) =>
      isTokenRequest(request)
        ? withTokenAnswer(request, answer, (token) => ({ ...token, token_type: 'bearer' }))
        : answer,
    ),
  ),
  habit('versions are words', 'https://hl7.org/fhir/R4/resource.html#Meta', (next) => async (request) => {
    const number = (text: string) => text.replaceAll(/v(\d+)x/g, '$1');
    const ifMatch = request.headers['if-match'];
    const answer = await next({
      ...request,
      path: request.path.replace(/(?<=\/_history\/)v(\d+)x$/, '$1'),
      headers: ifMatch === undefined ? request.headers : { ...request.headers, 'if-match': number(ifMatch) },
    });
    if (!/\/fhir\/?/.test(request.path)) return answer;
    const word = (text: string) => text.replaceAll(/(\/_history\/|"versionId":"|^W\/")(\d+)(?=$|")/g, '$1v$2x');
    return {
      ...answer,
      ...(typeof answer.body === 'string' ? { body: word(answer.body) } : {}),
      headers: Object.fromEntries(
        Object.entries(answer.headers ?? {}).map(([name, value]) => [
          name,
          name === 'etag' || name === 'location' ? word(value) : value,
        ]),
      ),
    };
  }),
];

/** The text of every JSON answer rewritten, with the base it came from. */
const spelling = (id: string, source: string, rewrite: (text: string, base: string) => string): Deviation =>
  habit(id, source, (next) => async (request) => {
    const answer = await next(request);
    const base = /^.*\/fhir(?=\/)/.exec(request.path)?.[0];
    if (base === undefined || typeof answer.body !== 'string' || request.path.endsWith('/metadata')) return answer;
    return { ...answer, body: rewrite(answer.body, `https://${request.headers['host']}${base}`) };
  });
const instant = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)Z"/g;
const inNewYork = (utc: string, fraction: string): string =>
  `${new Date(Date.parse(`${utc}Z`) - 5 * 3_600_000).toISOString().slice(0, 19)}${fraction}-05:00`;

const spellings: readonly Deviation[] = [
  spelling('references are absolute', 'https://hl7.org/fhir/R4/references.html#literal', (text, base) =>
    text.replaceAll(/"reference":"(?=[A-Z])/g, `"reference":"${base}/`),
  ),
  spelling('times of visits are in the zone of the clinic', 'https://hl7.org/fhir/R4/datatypes.html#dateTime', (text) =>
    text.replaceAll(/"(start|end|authoredOn|recordedDate)":"[^"]+"/g, (member) =>
      member.replace(instant, (_, utc: string, fraction: string) => `"${inNewYork(utc, fraction)}"`),
    ),
  ),
  spelling(
    'rows do not say that they match',
    'https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.search.mode',
    (text) => text.replaceAll(/,?"search":\{"mode":"match"\}/g, ''),
  ),
];

/** The workflow that writes most, or all of them. */
const workflows: readonly WorkflowName[] = everything
  ? ['scheduling', 'documentation', 'prior-authorization']
  : ['prior-authorization'];

/** What was said of each outcome, and whether everything was taken back. */
async function judged(workflow: WorkflowName, deviations: readonly Deviation[]) {
  const { results, events, end, before, after } = await trial({ workflow, deviations });
  const said = [...results.values()].flatMap(({ check, judgements }) =>
    judgements.map(({ outcome, messageId }) => ({ outcome, said: `${check.id} ${messageId}` })),
  );
  expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
  return (...outcomes: string[]) => said.filter(({ outcome }) => outcomes.includes(outcome)).map((each) => each.said);
}

describe('the same in another spelling is the same, all of it together', () => {
  it.each(workflows)('%s', async (workflow) => {
    const of = await judged(workflow, spellings);
    expect(of('fail', 'error')).toEqual([]);
    expect(of('warn').filter((each) => /^(write\.(create|update|version|ai|invalid)|read)/.test(each))).toEqual([
      'write.create normalised',
    ]);
  });
});

describe('what the standards leave open is no fault, all of it together', () => {
  it.each(workflows)('%s', async (workflow) => {
    const of = await judged(workflow, habits);
    expect(of('fail', 'error')).toEqual([]);
    // Only what a client has to work around is mentioned.
    expect(of('warn').filter((each) => /^write\.(create|update|version|ai)/.test(each))).toEqual([
      'write.create relative-location',
    ]);
    // A refusal that looks like an absence is no refusal, and no breach either.
    expect(of('not-measured')).toContain('scope.enforced not-shown-to-exist');
  });
});
