import { redirectOf } from './browsing.js';
import { CookieJar } from './cookie-jar.js';
import { filledForm } from './html-form.js';
import type { Recorder, Scope } from './recorder.js';
import type { Answer, RequestTemplate } from './request.js';
import type { PersonLogin } from './sign-in.js';

/** Whom an EHR has open when it opens an app. */
export interface OpenedOn {
  readonly patient: string;
  readonly encounter?: string;
  /** What people call the patient. */
  readonly alias?: string;
}

/** Where a visit to the sign-in pages ended. */
export type Visit =
  /** The server sent the person to an address that is not its own. */
  | { readonly kind: 'sent-back'; readonly to: URL; readonly status: number }
  /** A page that asks for nothing more, or an answer that is no page. */
  | { readonly kind: 'stayed'; readonly status: number };

/** Whoever signs in: the tool itself with a test user on a simulator, or a person at a browser. */
export interface Person {
  /** The address to be sent back to, for a registered one; opens a listener there where a browser will come. */
  returnAddress(registered: string): Promise<string>;
  /** Has the EHR open the app; the launch parameter it is opened with, undefined where nobody can open it. */
  open(clientId: string, on: OpenedOn): Promise<string | undefined>;
  /** Opens the address and does what the pages ask, until the server sends back or goes no further. */
  visit(address: string, choices: readonly string[]): Promise<Visit>;
}

/** Pages of one visit: a redirect, a login, a choice, a consent, and a few more. */
const mostPages = 8;

/** What one sign-in of a test user may send, besides the token request. */
export const personTemplates = (context: string, visits: number, peer?: string): RequestTemplate[] =>
  (['GET', 'POST'] as const).map((method) => ({
    context,
    method,
    path: '',
    purpose: 'authorize',
    most: 1,
    pages: visits * mostPages,
    ...(peer === undefined ? {} : { peer }),
  }));

/**
 * Plays a test user of a simulator: fills in the forms of its sign-in pages, keeps its cookies, follows its redirects one by
 * one and never leaves its origin.
 */
export function testUser(options: {
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly context: string;
  readonly login: PersonLogin;
  /** Addresses on this origin are visited; any other one ends the visit. */
  readonly origin: string;
  readonly launcher: string | undefined;
  /** Id of the other organization whose pages they are. */
  readonly peer?: string;
}): Person {
  const { recorder, scope, context, login, origin, launcher, peer } = options;
  const cookies = new CookieJar();

  async function ask(method: 'GET' | 'POST', url: URL, form?: readonly (readonly [string, string])[]): Promise<Answer> {
    const answer = await recorder.send(scope, context, {
      method,
      path: '',
      purpose: 'authorize',
      nextLink: url.href,
      redirects: 'returned',
      tolerant: true,
      ...(peer === undefined ? {} : { peer }),
      ...(form === undefined ? {} : { form }),
      headers: {
        accept: 'text/html, application/json;q=0.9',
        ...cookies.headerFor(url),
      },
    });
    cookies.keep(answer.headers['set-cookie'], url);
    return answer;
  }

  return {
    returnAddress: (registered) => Promise.resolve(registered),
    async open(clientId, on) {
      if (launcher === undefined) return undefined;
      const address = new URL(launcher);
      const { patient, encounter } = on;
      const members = { client_id: clientId, patient, ...(encounter === undefined ? {} : { encounter }) };
      for (const [name, value] of Object.entries(members)) address.searchParams.set(name, value);
      const answer = await ask('GET', address);
      return redirectOf(answer, address)?.searchParams.get('launch') ?? undefined;
    },
    async visit(address, choices) {
      let url = new URL(address);
      let answer = await ask('GET', url);
      for (let page = 1; page < mostPages; page++) {
        const { status } = answer;
        const to = redirectOf(answer, url);
        if (to !== undefined && to.origin !== origin) return { kind: 'sent-back', to, status };
        if (to !== undefined) {
          url = to;
          answer = await ask('GET', url);
          continue;
        }
        const form = status === 200 ? filledForm(textOf(answer), url.href, { ...named(login), choices }) : undefined;
        if (form === undefined || new URL(form.action).origin !== origin) return { kind: 'stayed', status };
        url = new URL(form.action);
        if (form.method === 'GET') {
          for (const [name, value] of form.members) url.searchParams.set(name, value);
          answer = await ask('GET', url);
        } else answer = await ask('POST', url, form.members);
      }
      return { kind: 'stayed', status: answer.status };
    },
  };
}

const named = ({ name = '', password }: PersonLogin) => ({ name, password });

const textOf = ({ body, headers }: Answer): string =>
  /^text\/html\b/i.test(headers['content-type'] ?? '') ? Buffer.from(body).toString('utf8') : '';
