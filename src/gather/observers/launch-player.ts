import type { Person } from '../person.js';
import type { Recorder, Scope } from '../recorder.js';
import type { Answer, RequestTemplate } from '../request.js';
import { cookieText, keepCookies, redirectOf } from '../browsing.js';

const context = 'launch-player';
const mostHops = 5;

/** Where a browser ended after it went to an address of the product. */
export type Ending =
  /** The product sent it to an address that is not the product's. */
  | { readonly kind: 'sent-away'; readonly status: number; readonly to: URL }
  /** It stayed with the product; `at` is the address of the last answer. */
  | { readonly kind: 'stayed'; readonly status: number; readonly at: URL };

/** A browser of its own, with its own cookies for the product. */
export interface Browser {
  /** Goes to an address of the product and follows its redirects while they stay there, a few at most. */
  visit(address: URL): Promise<Ending>;
  /** Another browser with the cookies this one has now. */
  copy(): Browser;
}

/** The tool as an EHR which opens the app of the AI system. https://hl7.org/fhir/smart-app-launch/app-launch.html */
export interface LaunchPlayer {
  readonly launchUrl: URL;
  newBrowser(): Browser;
  /** Whoever signs in at the EHR; undefined where the tool cannot play anybody. */
  readonly person: Person | undefined;
}

/** Name of its requests in templates and exchange lines. */
export const launchPlayerContext = context;

/** What so many visits to the product may send. */
export const launchPlayerTemplate = (visits: number): RequestTemplate => ({
  context,
  purpose: 'ai-app',
  method: 'GET',
  path: '',
  most: 1,
  pages: visits * mostHops,
});

export function launchPlayer(
  recorder: Recorder,
  scope: Scope,
  { launchUrl, person }: { readonly launchUrl: string; readonly person: Person | undefined },
): LaunchPlayer {
  const own = new URL(launchUrl);
  const browserWith = (cookies: Map<string, string>): Browser => {
    const ask = async (url: URL): Promise<Answer> => {
      const answer = await recorder.send(scope, context, {
        method: 'GET',
        path: '',
        purpose: 'ai-app',
        nextLink: url.href,
        redirects: 'returned',
        tolerant: true,
        headers: { accept: 'text/html, application/json;q=0.9', ...cookieText(cookies) },
      });
      keepCookies(cookies, answer.headers['set-cookie']);
      return answer;
    };
    return {
      async visit(address) {
        let at = address;
        for (let hop = 1; ; hop++) {
          const answer = await ask(at);
          const { status } = answer;
          const to = redirectOf(answer, at);
          if (to === undefined) return { kind: 'stayed', status, at };
          if (to.origin !== own.origin) return { kind: 'sent-away', status, to };
          if (hop === mostHops) return { kind: 'stayed', status, at };
          at = to;
        }
      },
      copy: () => browserWith(new Map(cookies)),
    };
  };
  return { launchUrl: own, person, newBrowser: () => browserWith(new Map()) };
}
