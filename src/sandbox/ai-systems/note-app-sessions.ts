import { randomBytes } from 'node:crypto';
import type { AppFault } from './note-app-configuration.js';
import type { SignedIn } from './note-app-sign-in.js';

/** No session lives longer. */
const longestMs = 8 * 3_600_000;
const mostSessions = 1_000;

export interface Session {
  readonly organization: string;
  readonly patient: string;
  /** What the cookie of the browser says. */
  readonly browser: string;
  readonly endsAtMs: number;
  idleAtMs: number;
}

/** What the cookies of a request say, by name. */
export type Cookies = ReadonlyMap<string, string>;

/** Sessions of the app, one for each organization in a browser. */
export interface AppSessions {
  /** The cookie of a new session; undefined: whoever signed in may not use the app. */
  open(signedIn: SignedIn, browser: string): string | undefined;
  of(cookies: Cookies, organization: string): Session | undefined;
  end(cookies: Cookies, organization: string): void;
}

export const newWord = (): string => randomBytes(32).toString('base64url');

const cookiePrefix = 'note-';
const role = 'physician';

export function createAppSessions(idleSeconds: number, has: (fault: AppFault) => boolean): AppSessions {
  const idleMs = has('session-without-end') ? longestMs : idleSeconds * 1_000;
  const sessions = new Map<string, Session>();
  // Wrong: one session a browser, whichever organization it is of.
  const nameFor = (organization: string): string =>
    has('session-of-browser') ? `${cookiePrefix}session` : `${cookiePrefix}${organization}`;
  const pathFor = (organization: string): string => (has('session-of-browser') ? '/' : `/${organization}`);

  function mayUse({ organization, fhirUser }: SignedIn): boolean {
    if (!fhirUser.startsWith('Practitioner/')) return has('kind-unchecked');
    return (
      has('role-unchecked') || organization.people.some((each) => each.fhirUser === fhirUser && each.role === role)
    );
  }

  function live(id: string | undefined): Session | undefined {
    const session = sessions.get(id ?? '');
    const nowMs = Date.now();
    if (session === undefined || session.endsAtMs < nowMs || session.idleAtMs < nowMs) return undefined;
    session.idleAtMs = nowMs + idleMs;
    return session;
  }

  return {
    open(signedIn, browser) {
      if (!mayUse(signedIn)) return undefined;
      if (has('second-ends-first'))
        for (const [other, session] of sessions) if (session.browser === browser) sessions.delete(other);
      const { id: organization } = signedIn.organization;
      const id = newWord();
      const nowMs = Date.now();
      sessions.set(id, {
        organization,
        patient: signedIn.chart.patient,
        browser,
        endsAtMs: nowMs + longestMs,
        idleAtMs: nowMs + idleMs,
      });
      const [oldest] = sessions.keys();
      if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
      return `${nameFor(organization)}=${id}; Path=${pathFor(organization)}; HttpOnly; SameSite=Lax`;
    },
    of(cookies, organization) {
      const session = live(cookies.get(nameFor(organization)));
      if (has('session-of-browser')) return session;
      if (session?.organization === organization) return session;
      if (!has('organization-unchecked')) return undefined;
      return [...cookies].flatMap(([name, id]) => (name.startsWith(cookiePrefix) ? (live(id) ?? []) : []))[0];
    },
    end: (cookies, organization) => void sessions.delete(cookies.get(nameFor(organization)) ?? ''),
  };
}
