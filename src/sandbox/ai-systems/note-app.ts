import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readNoteAppConfiguration } from './note-app-configuration.js';
import { createAppSignIn } from './note-app-sign-in.js';

/**
 * The screen of the note product, which the EHR opens in the chart: `/launch`, `/callback`, `/<organization>/note` and
 * `/<organization>/end`. A process of its own, started and ended like the other programs here.
 */

/** Left alone for so long a session ends; no session lives longer than the other. */
const idleMs = 900_000;
const longestMs = 8 * 3_600_000;
const mostSessions = 1_000;
const browserCookie = 'note-browser';

interface Session {
  readonly organization: string;
  readonly patient: string;
  readonly endsAtMs: number;
  idleAtMs: number;
}

interface Page {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

const file = process.argv[2];
if (file === undefined) throw new Error('the path of the configuration is missing');
const configuration = readNoteAppConfiguration(file);
const signIn = createAppSignIn(configuration);
const sessions = new Map<string, Session>();

const word = (): string => randomBytes(32).toString('base64url');
const cookieOf = (request: http.IncomingMessage, name: string): string | undefined =>
  (request.headers.cookie ?? '')
    .split('; ')
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);
const sessionCookie = (organization: string): string => `note-${organization}`;
const refused: Page = { status: 400, text: 'This cannot be opened. Open the note from the chart again.' };

function sessionOf(request: http.IncomingMessage, organization: string): Session | undefined {
  const session = sessions.get(cookieOf(request, sessionCookie(organization)) ?? '');
  const nowMs = Date.now();
  if (session === undefined || session.organization !== organization) return undefined;
  if (session.endsAtMs < nowMs || session.idleAtMs < nowMs) return undefined;
  session.idleAtMs = nowMs + idleMs;
  return session;
}

async function page(request: http.IncomingMessage): Promise<Page> {
  const { origin } = door();
  const url = new URL(request.url ?? '/', origin);
  if (request.method !== 'GET') return { status: 405, text: 'Only GET.' };
  if (url.pathname === '/launch') {
    const browser = cookieOf(request, browserCookie) ?? word();
    const location = await signIn.begin(url.searchParams, browser, `${origin}/callback`);
    if (location === undefined) return refused;
    const cookie = `${browserCookie}=${browser}; Path=/; HttpOnly; SameSite=Lax`;
    return { status: 302, headers: { location, 'set-cookie': cookie }, text: '' };
  }
  if (url.pathname === '/callback') {
    const signedIn = await signIn.finish(url.searchParams, cookieOf(request, browserCookie) ?? '');
    if (signedIn === undefined) return refused;
    const { organization, patient, next } = signedIn;
    const id = word();
    const nowMs = Date.now();
    sessions.set(id, {
      organization: organization.id,
      patient,
      endsAtMs: nowMs + longestMs,
      idleAtMs: nowMs + idleMs,
    });
    const [oldest] = sessions.keys();
    if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
    const cookie = `${sessionCookie(organization.id)}=${id}; Path=/${organization.id}; HttpOnly; SameSite=Lax`;
    return { status: 303, headers: { location: next ?? `/${organization.id}/note`, 'set-cookie': cookie }, text: '' };
  }
  const [, organization = '', what = ''] = url.pathname.split('/');
  const session = sessionOf(request, organization);
  if (session === undefined) return { status: 401, text: 'Open the note from the chart.' };
  if (what === 'end') {
    sessions.delete(cookieOf(request, sessionCookie(organization)) ?? '');
    return { status: 200, text: 'Ended.' };
  }
  return what === 'note'
    ? { status: 200, text: `Note of Patient/${session.patient}` }
    : { status: 404, text: 'No such page.' };
}

const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
  page(request)
    .catch((): Page => ({ status: 502, text: 'The EHR did not answer as it should.' }))
    .then(
      ({ status, headers, text }) => {
        response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store', ...headers });
        response.end(text);
      },
      () => undefined,
    );
});

function door(): { origin: string } {
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}` };
}

const end = (): void => {
  server.close(() => process.exit());
  server.closeAllConnections();
};
process.on('SIGTERM', end).on('SIGINT', end);
process.stdin.on('close', end).on('end', end).resume();
server.listen(configuration.port, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ listening: door().origin })}\n`);
});
