import { redirectOf } from '../browsing.js';
import { CookieJar } from '../cookie-jar.js';
import type { Person } from '../person.js';
import type { Recorder, Scope } from '../recorder.js';
import { ExchangeFault, type Answer, type RequestTemplate } from '../request.js';

const context = 'launch-player';
const mostHops = 5;
/** A list may name a stream that is never over. */
const longestAnswerMs = 10_000;
/** What is wrong with one answer, and says nothing about the next. */
const ofAnswer: ReadonlySet<string> = new Set(['unavailable', 'too-large', 'truncated', 'not-fhir']);

/** Where a browser ended after it went to an address of the product. */
export type Ending =
  /** The product sent it to an address that is not the product's. */
  | { readonly kind: 'sent-away'; readonly status: number; readonly to: URL }
  /** It stayed with the product; `at` is the address of the last answer. */
  | { readonly kind: 'stayed'; readonly status: number; readonly at: URL; readonly answer: Answer };

/** A browser of its own, with its own cookies for the product. */
export interface Browser {
  /** Goes to an address of the product and follows its redirects while they stay there, a few at most. */
  visit(address: URL): Promise<Ending>;
  /**
   * One request to an address of the product; nothing is followed. `all`: with every cookie, whatever it was set for.
   * Undefined: no usable answer, such as one that never ends.
   */
  ask(address: URL, cookies?: 'fitting' | 'all'): Promise<Answer | undefined>;
  /** Another browser with the cookies this one has now. */
  copy(): Browser;
  readonly cookies: CookieJar;
}

/** Where one organization opens the app, and with whose sign-in. */
export interface LaunchPlace {
  readonly launchUrl: URL;
  readonly fhirBase: string;
  /** Absent: not in the organization file. */
  readonly authorizeUrl: string | undefined;
  /** Whoever signs in at the EHR; undefined where the tool cannot play anybody. */
  readonly person: Person | undefined;
  /** The same for a context of the organization file. */
  readonly personOf: (contextId: string) => Person | undefined;
}

/** The tool as an EHR which opens the app of the AI system. https://hl7.org/fhir/smart-app-launch/app-launch.html */
export interface LaunchPlayer extends LaunchPlace {
  /** One without cookies, or with those another one left. */
  newBrowser(cookies?: CookieJar): Browser;
  /** The same app at another organization. */
  at(organizationId: string): LaunchPlace | undefined;
  /** An address the organization files list for the product. */
  readonly isOfProduct: (address: URL) => boolean;
}

/** Name of its requests in templates and exchange lines. */
export const launchPlayerContext = context;

/** What so many visits and single requests to the product may send. */
export const launchPlayerTemplate = (visits: number, asked = 0, peer?: string): RequestTemplate => ({
  context,
  purpose: 'ai-app',
  method: 'GET',
  path: '',
  most: 1,
  pages: visits * mostHops + asked,
  ...(peer === undefined ? {} : { peer }),
});

export function launchPlayer(
  recorder: Recorder,
  scope: Scope,
  own: LaunchPlace,
  peers: ReadonlyMap<string, LaunchPlace>,
): LaunchPlayer {
  const peerOf = (address: URL): string | undefined =>
    [...peers].find(([, { launchUrl }]) => launchUrl.origin === address.origin)?.[0];
  const isOfProduct = (address: URL): boolean =>
    address.origin === own.launchUrl.origin || peerOf(address) !== undefined;

  const browserWith = (jar: CookieJar): Browser => {
    const send = async (address: URL, cookies?: 'fitting' | 'all', deadlineMs?: number): Promise<Answer> => {
      const peer = address.origin === own.launchUrl.origin ? undefined : peerOf(address);
      const answer = await recorder.send(scope, context, {
        method: 'GET',
        path: '',
        purpose: 'ai-app',
        nextLink: address.href,
        redirects: 'returned',
        tolerant: true,
        ...(peer === undefined ? {} : { peer }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        headers: { accept: 'text/html, application/json;q=0.9', ...jar.headerFor(address, cookies) },
      });
      jar.keep(answer.headers['set-cookie'], address);
      return answer;
    };
    return {
      async ask(address, cookies) {
        try {
          return await send(address, cookies, longestAnswerMs);
        } catch (error) {
          if (error instanceof ExchangeFault && ofAnswer.has(error.reason)) return undefined;
          throw error;
        }
      },
      async visit(address) {
        let at = address;
        for (let hop = 1; ; hop++) {
          const answer = await send(at);
          const { status } = answer;
          const to = redirectOf(answer, at);
          if (to !== undefined && !isOfProduct(to)) return { kind: 'sent-away', status, to };
          if (to === undefined || hop === mostHops) return { kind: 'stayed', status, at, answer };
          at = to;
        }
      },
      copy: () => browserWith(jar.copy()),
      cookies: jar,
    };
  };
  return { ...own, isOfProduct, at: (id) => peers.get(id), newBrowser: (jar = new CookieJar()) => browserWith(jar) };
}
