import { describe, expect, test } from 'vitest';
import { testUser } from '../../src/gather/person.js';
import type { Recorder, Scope } from '../../src/gather/recorder.js';
import type { Answer, OutgoingRequest } from '../../src/gather/request.js';

const origin = 'https://ehr.example';
const start = `${origin}/authorize?state=s`;
const html = { 'content-type': 'text/html; charset=utf-8' };

interface Served {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Serves a function of the address asked for, and keeps what was sent. */
function served(answerOf: (url: URL, sent: OutgoingRequest) => Served) {
  const sent: OutgoingRequest[] = [];
  const recorder = {
    send(_scope: Scope, _context: string, request: OutgoingRequest) {
      sent.push(request);
      const { status, headers = {}, body = '' } = answerOf(new URL(request.nextLink ?? ''), request);
      return Promise.resolve({ status, headers, body: Buffer.from(body) } as unknown as Answer);
    },
  } as unknown as Recorder;
  const login = { context: 'dr', name: 'dr-test', password: 'secret word' };
  const person = testUser({
    recorder,
    scope: {} as Scope,
    context: 'app',
    login,
    origin,
    launcher: `${origin}/launcher?tenant=a`,
  });
  return { person, sent };
}

const redirect = (location: string, headers = {}): Served => ({ status: 302, headers: { location, ...headers } });
const loginForm = (action: string): Served => ({
  status: 200,
  headers: html,
  body: `<form method=post action="${action}"><input name=u><input type=password name=p></form>`,
});

describe('a test user of a simulator', () => {
  test('signs in and is sent back; cookies go along', async () => {
    const { person, sent } = served(({ pathname }) =>
      pathname === '/authorize'
        ? redirect('/login', { 'set-cookie': 'a=1; Expires=Thu, 01 Jan 2027 00:00:00 GMT; Path=/, b=2; HttpOnly' })
        : pathname === '/login'
          ? loginForm('/check')
          : redirect('http://127.0.0.1:8765/callback?code=c&state=s'),
    );
    const visit = await person.visit(start, []);
    expect(visit.kind === 'sent-back' && visit.to.href).toBe('http://127.0.0.1:8765/callback?code=c&state=s');
    expect(sent.map(({ method, nextLink }) => `${method} ${nextLink}`)).toEqual([
      `GET ${start}`,
      `GET ${origin}/login`,
      `POST ${origin}/check`,
    ]);
    expect(sent.at(-1)?.form).toEqual([
      ['u', 'dr-test'],
      ['p', 'secret word'],
    ]);
    expect(sent.map(({ headers }) => headers?.['cookie'])).toEqual([undefined, 'a=1; b=2', 'a=1; b=2']);
    expect(sent.every(({ redirects }) => redirects === 'returned')).toBe(true);
  });

  test('a form that would take the password elsewhere is not sent', async () => {
    const { person, sent } = served(() => loginForm('https://evil.example/check'));
    expect(await person.visit(start, [])).toEqual({ kind: 'stayed', status: 200 });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['a redirect that never ends', redirect(start)],
    ['a login that is asked for again and again', loginForm('/authorize')],
  ])('%s: eight pages and no more', async (_name, answer) => {
    const { person, sent } = served(() => answer);
    expect((await person.visit(start, [])).kind).toBe('stayed');
    expect(sent).toHaveLength(8);
  });

  test.each([
    ['an error page with a form', { ...loginForm('/x'), status: 400 }, 400],
    ['a page without a form', { status: 200, headers: html, body: '<p>no</p>' }, 200],
    ['JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '<form></form>' }, 200],
    ['a redirect to nowhere', redirect('http://['), 302],
  ])('%s: the visit ends there', async (_name, answer, status) => {
    const { person } = served(() => answer);
    expect(await person.visit(start, [])).toEqual({ kind: 'stayed', status });
  });

  test('a form sent by GET stands in the address', async () => {
    const { person, sent } = served(({ pathname }) =>
      pathname === '/authorize'
        ? { status: 200, headers: html, body: '<form action=/ok><input type=hidden name=t value=1></form>' }
        : redirect('http://127.0.0.1/callback?error=access_denied'),
    );
    expect((await person.visit(start, [])).kind).toBe('sent-back');
    expect(sent.at(-1)).toMatchObject({ method: 'GET', nextLink: `${origin}/ok?t=1` });
  });

  test('the launcher opens the app on a patient and a visit', async () => {
    const { person, sent } = served(() => redirect('http://127.0.0.1:8765/launch?iss=x&launch=l-1'));
    expect(await person.open('app-1', { patient: 'p1', encounter: 'e1', alias: 'note1' })).toBe('l-1');
    expect(sent[0]?.nextLink).toBe(`${origin}/launcher?tenant=a&client_id=app-1&patient=p1&encounter=e1`);
  });

  test('a launcher that opens nothing', async () => {
    const { person } = served(() => ({ status: 400 }));
    expect(await person.open('app-1', { patient: 'p1' })).toBeUndefined();
  });
});
