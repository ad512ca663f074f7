import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readNoteAppConfiguration, type AppFault } from './note-app-configuration.js';
import { createAppPages, type Page } from './note-app-pages.js';
import { createAppSessions, newWord, type Cookies } from './note-app-sessions.js';
import { createAppSignIn } from './note-app-sign-in.js';

/**
 * The screen of the note product, which the EHR opens in the chart: `/launch`, `/callback`, and behind a sign-in what
 * `/<organization>/openapi.json` lists. A process of its own, started and ended like the other programs here.
 */

const browserCookie = 'note-browser';

const file = process.argv[2];
if (file === undefined) throw new Error('the path of the configuration is missing');
const configuration = readNoteAppConfiguration(file);
const has = (fault: AppFault): boolean => configuration.faults.includes(fault);
const signIn = createAppSignIn(configuration);
const sessions = createAppSessions(configuration.idleSeconds, has);
const pages = createAppPages(sessions, has);

const cookiesOf = (request: http.IncomingMessage): Cookies =>
  new Map(
    (request.headers.cookie ?? '').split('; ').map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
const refused: Page = { status: 400, text: 'This cannot be opened. Open the note from the chart again.' };
const notYours: Page = { status: 403, text: 'This app is for the physicians of the clinic.' };

async function page(request: http.IncomingMessage): Promise<Page> {
  const { origin } = door();
  const url = new URL(request.url ?? '/', origin);
  const cookies = cookiesOf(request);
  const browser = cookies.get(browserCookie) ?? '';
  if (request.method !== 'GET') return { status: 405, text: 'Only GET.' };
  if (url.pathname === '/launch') {
    const known = browser === '' ? newWord() : browser;
    const location = await signIn.begin(url.searchParams, known, `${origin}/callback`);
    if (location === undefined) return refused;
    const cookie = `${browserCookie}=${known}; Path=/; HttpOnly; SameSite=Lax`;
    return { status: 302, headers: { location, 'set-cookie': cookie }, text: '' };
  }
  if (url.pathname === '/callback') {
    const signedIn = await signIn.finish(url.searchParams, browser);
    if (signedIn === undefined) return refused;
    const { organization, chart, next } = signedIn;
    const cookie = sessions.open(signedIn, browser);
    if (cookie === undefined) return notYours;
    pages.keep(organization.id, chart, browser);
    return { status: 303, headers: { location: next ?? `/${organization.id}/note`, 'set-cookie': cookie }, text: '' };
  }
  return pages.show({ url, cookies, browser });
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
