import type { FactValue } from '../../model/fact.js';
import type { OpenedOn, Person } from '../person.js';
import type { Answer } from '../request.js';
import { isOpen, Play, type SignedInBrowser } from './launch-play.js';
import type { Browser, LaunchPlayer } from './launch-player.js';
import type { RouteCall } from './route-calls.js';

type Fact = FactValue<'session-isolation'>;
type Trial = Fact['trials'][number];
type Shown = Trial['shown'];

/** One of the two organizations as a person uses the app there. */
export interface Side {
  readonly play: Play;
  readonly person: Person;
  readonly on: OpenedOn;
  /** The patient of this side, and of this side only, stands in an answer. */
  readonly shows: (answer: Answer | undefined) => boolean;
  /** Calls of its route list; may be empty. */
  readonly calls: readonly RouteCall[];
  readonly signOut: URL | undefined;
}

type Call = Pick<RouteCall, 'name' | 'url'>;

/** Calls of each side besides the page the app opens with. */
export const mostCallsOfSide = 3;
/** Single requests of a whole comparison: 2 for each call as a control, 2 crosswise, and 6 after the second launch. */
export const mostAskedOfSides = 2 * (mostCallsOfSide + 1) * 6 + 4;
/** Launches, each with a callback, and the callback that is opened again. */
export const visitsOfSides = 3 * 2 + 1;

/** @returns undefined where a right launch and sign-in led nowhere */
export async function compareSessions(player: LaunchPlayer, own: Side, peer: Side): Promise<Fact | undefined> {
  const trials: Trial[] = [];
  const first = await open(own);
  if (first === undefined) return undefined;
  const atFirst = first.browser.copy();
  const ownCalls = await callsOf(own, first);
  const alone = await open(peer);
  if (alone === undefined) return undefined;
  const peerCalls = await callsOf(peer, alone);

  const shownTo = (side: Side, other: Side, answer: Answer | undefined): Shown => {
    const [mine, theirs] = [side.shows(answer), other.shows(answer)];
    if (mine || theirs) return mine && theirs ? 'both' : mine ? 'asked' : 'other';
    if (answer === undefined || answer.status >= 500 || answer.status === 429) return 'fault';
    return answer.ok ? 'neither' : 'refused';
  };
  const ask = async (
    way: Trial['way'],
    browser: Browser,
    whose: 'own' | 'peer',
    cookies: 'fitting' | 'all' = 'fitting',
  ): Promise<void> => {
    const [side, other, calls] = whose === 'own' ? [own, peer, ownCalls] : [peer, own, peerCalls];
    for (const { name, url } of calls) {
      const answer = await browser.ask(url, cookies);
      trials.push({ way, call: name, status: answer?.status ?? 0, shown: shownTo(side, other, answer) });
    }
  };
  const stillShows = async (side: Side, browser: Browser, [call]: readonly Call[]): Promise<boolean> =>
    call !== undefined && side.shows(await browser.ask(call.url));

  // Each in a browser that was opened at one organization only.
  await ask('own-session-there', atFirst, 'peer', 'all');
  await ask('peer-session-here', alone.browser, 'own', 'all');
  const controlled = (await stillShows(own, atFirst, ownCalls)) && (await stillShows(peer, alone.browser, peerCalls));

  // Both in one browser, as in two tabs.
  const second = await open(peer, first.browser);
  if (second === undefined) return undefined;
  await ask('peer-after-second-launch', second.browser, 'peer');
  await ask('own-after-second-launch', second.browser, 'own');
  const back = await second.browser.visit(first.callback);
  if (back.kind === 'stayed')
    trials.push({ way: 'back-button', call: 'callback', status: back.status, shown: shownTo(own, peer, back.answer) });
  await ask('peer-after-back-button', second.browser, 'peer');
  await ask('own-after-back-button', second.browser, 'own');
  if (own.signOut !== undefined) {
    await second.browser.ask(own.signOut);
    await ask('own-after-sign-out', second.browser, 'own');
    await ask('peer-after-sign-out', second.browser, 'peer');
  }
  return {
    calls: { own: ownCalls.length, peer: peerCalls.length },
    controlled,
    trials,
    cookies: cookiesOf(atFirst),
  };

  async function open(side: Side, browser = player.newBrowser()): Promise<SignedInBrowser | undefined> {
    const done = await side.play.signIn(side.person, side.on, browser);
    return done !== undefined && isOpen(done.ending) ? done : undefined;
  }
}

/** The page the app opened with, and calls of the list, as far as they show the patient to the right session. */
async function callsOf(side: Side, { browser, ending }: SignedInBrowser): Promise<Call[]> {
  const found: Call[] = [];
  // An address that holds what the callback brought cannot be asked a second time.
  const home: Call[] =
    ending.kind === 'stayed' && !ending.at.searchParams.has('code') ? [{ name: 'opening page', url: ending.at }] : [];
  const listed = side.calls.filter(({ url }) => url.href !== home[0]?.url.href).slice(0, mostCallsOfSide);
  for (const call of [...home, ...listed]) if (side.shows(await browser.ask(call.url))) found.push(call);
  return found;
}

function cookiesOf({ cookies: { attributes: cookies } }: Browser): Fact['cookies'] {
  const of = (is: (cookie: Browser['cookies']['attributes'][number]) => boolean): number => cookies.filter(is).length;
  return {
    set: cookies.length,
    httpOnly: of(({ httpOnly }) => httpOnly),
    secure: of(({ secure }) => secure),
    partitioned: of(({ partitioned }) => partitioned),
    sameSite: {
      strict: of(({ sameSite }) => sameSite === 'strict'),
      lax: of(({ sameSite }) => sameSite === 'lax'),
      none: of(({ sameSite }) => sameSite === 'none'),
      unstated: of(({ sameSite }) => sameSite === 'unstated'),
    },
  };
}
