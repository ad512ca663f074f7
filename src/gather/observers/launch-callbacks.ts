import type { OpenedOn, Person } from '../person.js';
import { foreignHost } from './foreign-issuer.js';
import { endedOf, isOpen, withParameters, type Begun, type LaunchTrial as Trial, type Play } from './launch-play.js';
import type { Browser, Ending } from './launch-player.js';

const foreignAddress = `https://${foreignHost}/elsewhere`;
/** What an app may take an address to go to from. */
const nextNames = ['next', 'returnUrl', 'return_to', 'redirect', 'url', 'target'];
const nextParameters = Object.fromEntries(nextNames.map((name) => [name, foreignAddress]));

export interface CallbackTrials {
  readonly trials: readonly Trial[];
  /** Whether right sign-ins worked before and after; if not, what was accepted counts, and no refusal does. */
  readonly controlled: boolean;
}

/** Callbacks an app has to refuse, between right sign-ins of a test person. */
export async function callbackTrials(play: Play, person: Person, on: OpenedOn): Promise<CallbackTrials> {
  const trials: Trial[] = [];
  const controlled = await tryAll(play, person, on, trials);
  return { trials: controlled ? trials : trials.filter(({ ended }) => ended === 'accepted'), controlled };
}

/** False where a right sign-in led nowhere, or to nothing that needs one. */
async function tryAll(play: Play, person: Person, on: OpenedOn, trials: Trial[]): Promise<boolean> {
  const signedInRight = async (): Promise<{ home: URL; before: Browser; begun: Begun } | undefined> => {
    const begun = await play.launch();
    const callback = begun && (await play.callback(begun, person, on));
    if (begun === undefined || callback === undefined) return undefined;
    const before = begun.browser.copy();
    const ending = await begun.browser.visit(callback);
    return ending.kind === 'stayed' && isOpen(ending) ? { home: ending.at, before, begun } : undefined;
  };
  const first = await signedInRight();
  if (first === undefined || sameSession(first.home)) return false;
  const { home, before, begun } = first;
  const isIn = async (browser: Browser): Promise<boolean> => {
    const ending = await browser.visit(home);
    return ending.kind === 'stayed' && isOpen(ending) && ending.at.pathname === home.pathname;
  };
  // Who has no session has to see something else there, or a session cannot be told from none.
  if (!(await isIn(begun.browser)) || (await isIn(play.player.newBrowser()))) return false;
  const tried = async (way: Trial['way'], browser: Browser, callback: URL): Promise<void> => {
    const ending = await browser.visit(callback);
    trials.push({ way, status: ending.status, ended: endedOf(ending, await isIn(browser)) });
  };

  // The same `state` again, with a new code, in a browser that stands where the first one stood.
  // Where its cookies sign it in as they are, nothing more can be seen in it.
  const again = (await isIn(before.copy())) ? undefined : await play.callback(begun, person, on);
  if (again === undefined) trials.push(notTried('state-again'));
  else await tried('state-again', before, again);

  const changes: readonly (readonly [Trial['way'], (callback: URL) => void])[] = [
    ['wrong-state', ({ searchParams }) => searchParams.set('state', play.word())],
    ['missing-state', ({ searchParams }) => searchParams.delete('state')],
    [
      'error-answer',
      ({ searchParams }) => {
        searchParams.delete('code');
        searchParams.set('error', 'access_denied');
      },
    ],
  ];
  for (const [way, change] of changes) {
    const next = await play.launch();
    const callback = next && (await play.callback(next, person, on));
    if (next === undefined || callback === undefined) return false;
    change(callback);
    await tried(way, next.browser, callback);
  }

  const victim = await play.launch();
  const other = await play.launch();
  const foreign = other && (await play.callback(other, person, on));
  if (victim === undefined || foreign === undefined) return false;
  await tried('state-of-another-browser', victim.browser, foreign);
  const next = await play.launch();
  const third = await play.launch();
  const code = third && (await play.callback(third, person, on));
  if (next === undefined || code === undefined) return false;
  code.searchParams.set('state', next.authorize.searchParams.get('state') ?? '');
  await tried('foreign-code', next.browser, code);

  const browser = play.player.newBrowser();
  const opened = await play.openRight(browser, nextParameters);
  const atLaunch = play.begun(browser, opened);
  const answered = atLaunch && (await play.callback(atLaunch, person, on));
  if (atLaunch !== undefined && answered === undefined) return false;
  trials.push(goesOn('next-at-launch', answered === undefined ? opened : await browser.visit(answered)));
  const last = await play.launch();
  const callback = last && (await play.callback(last, person, on));
  if (last === undefined || callback === undefined) return false;
  trials.push(goesOn('next-at-callback', await last.browser.visit(withParameters(callback, nextParameters))));
  return (await signedInRight()) !== undefined;
}

const notTried = (way: Trial['way']): Trial => ({ way, status: 0, ended: 'not-tried' });

const goesOn = (way: Trial['way'], ending: Ending): Trial => ({
  way,
  status: ending.status,
  ended: endedOf(ending, ending.kind === 'sent-away' && ending.to.hostname === foreignHost),
});

/** An address that holds what the callback brought cannot be asked a second time. */
const sameSession = (home: URL): boolean => home.searchParams.has('code');
