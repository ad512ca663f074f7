import { hasScreens } from '../../model/product-screens.js';
import { missing, type FactValue } from '../../model/fact.js';
import { foreignHost, openForeignIssuer } from '../observers/foreign-issuer.js';
import {
  launchPlayerContext,
  launchPlayerTemplate,
  type Browser,
  type Ending,
  type LaunchPlayer,
} from '../observers/launch-player.js';
import { bitsAtMost, fewestToCompare } from '../observers/state-bits.js';
import { openable } from '../openable.js';
import { personTemplates, type OpenedOn, type Person } from '../person.js';
import { defineProbe, type ProbeTools } from '../probe.js';

type Fact = FactValue<'launch-trials'>;
type Trial = Fact['launches'][number];

const foreignAddress = `https://${foreignHost}/elsewhere`;
/** What an app may take an address to go to from. */
const nextNames = ['next', 'returnUrl', 'return_to', 'redirect', 'url', 'target'];
const mostVisits = 50;
const mostSignIns = 11;

/** Launches of the AI system's app with wrong parameters, and callbacks with a wrong `state` or code, each in a browser of its own. */
export default defineProbe({
  id: 'launch-trials',
  phase: 'negative',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['launch-trials'],
  sends: (_subject, { organization, environmentClass }) =>
    organization.aiSystem?.launchUrl === undefined
      ? []
      : [
          launchPlayerTemplate(mostVisits),
          ...(environmentClass === 'simulator' ? personTemplates(launchPlayerContext, mostSignIns) : []),
        ],
  async run(_subject, tools) {
    const { launchPlayer: player, environment, organization } = tools;
    if (player === undefined)
      return { 'launch-trials': missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file') };
    if (environment.authorizeUrl === undefined)
      return { 'launch-trials': missing('no-ai-system', 'authorizeUrl is not in the organization file') };
    const play = new Play(player, environment.fhirBase, environment.authorizeUrl, tools.random);
    if ((await play.launch()) === undefined)
      return {
        'launch-trials': missing('control-failed', 'a right launch did not lead to the sign-in page of the EHR'),
      };
    const launches = await launchTrials(play, tools);
    if ((await play.launch()) === undefined)
      return { 'launch-trials': missing('control-failed', 'a right launch led nowhere after the wrong ones') };
    const [on] = openable(organization);
    const agreed = organization.limits?.authNegativeTests === true;
    const callbacks =
      player.person === undefined || on === undefined
        ? ('nobody-signs-in' as const)
        : agreed
          ? await callbackTrials(play, player.person, on)
          : ('not-agreed' as const);
    const { states } = play;
    for (let more = states.length; more < fewestToCompare; more++) await play.launch();
    const why = typeof callbacks === 'string' ? callbacks : null;
    return {
      'launch-trials': {
        launches,
        callbacks: typeof callbacks === 'string' ? null : callbacks,
        callbacksWhy: why,
        state: { seen: states.length, distinct: new Set(states).size, bitsAtMost: bitsAtMost(states) },
      },
    };
  },
});

/** A launch that led to the sign-in page of the EHR. */
interface Begun {
  readonly browser: Browser;
  readonly authorize: URL;
}

/** What all trials of one app share. */
class Play {
  /** Every `state` the app sent to the sign-in page; compared, and never kept. */
  readonly states: string[] = [];
  readonly player: LaunchPlayer;
  readonly #authorizeUrl: URL;
  readonly #fhirBase: string;
  readonly #random: () => number;

  constructor(player: LaunchPlayer, fhirBase: string, authorizeUrl: string, random: () => number) {
    this.player = player;
    this.#fhirBase = fhirBase;
    this.#authorizeUrl = new URL(authorizeUrl);
    this.#random = random;
  }

  word(): string {
    return Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join('');
  }

  open(browser: Browser, parameters: Readonly<Record<string, string>>): Promise<Ending> {
    return browser.visit(withParameters(this.player.launchUrl, parameters));
  }

  leadsToSignIn(ending: Ending): boolean {
    return ending.kind === 'sent-away' && isSame(ending.to, this.#authorizeUrl);
  }

  /** A right launch in a new browser; undefined where it led elsewhere than to the EHR's sign-in page. */
  async launch(): Promise<Begun | undefined> {
    const browser = this.player.newBrowser();
    const ending = await this.openRight(browser);
    return this.begun(browser, ending);
  }

  openRight(browser: Browser, more: Readonly<Record<string, string>> = {}): Promise<Ending> {
    return this.open(browser, { ...more, iss: this.#fhirBase, launch: this.word() });
  }

  begun(browser: Browser, ending: Ending): Begun | undefined {
    if (ending.kind !== 'sent-away' || !this.leadsToSignIn(ending)) return undefined;
    this.states.push(ending.to.searchParams.get('state') ?? '');
    return { browser, authorize: ending.to };
  }

  /** Signs in where the launch led; the callback the EHR sends the browser to, with a code. */
  async callback({ authorize }: Begun, person: Person, on: OpenedOn): Promise<URL | undefined> {
    const address = new URL(authorize);
    const launch = await person.open(authorize.searchParams.get('client_id') ?? '', on);
    // The EHR knows only the launches it has made itself.
    if (launch === undefined) address.searchParams.delete('launch');
    else address.searchParams.set('launch', launch);
    const visit = await person.visit(address.href, [on.patient, ...(on.encounter === undefined ? [] : [on.encounter])]);
    const own = visit.kind === 'sent-back' && visit.to.origin === this.player.launchUrl.origin;
    return own && visit.to.searchParams.get('code') !== null ? visit.to : undefined;
  }
}

async function launchTrials(play: Play, { environment: { fhirBase }, peers = [] }: ProbeTools): Promise<Trial[]> {
  const foreign = await openForeignIssuer(play.player.launchUrl);
  const base = new URL(fhirBase);
  const changed = (change: (address: URL) => void): string => {
    const address = new URL(base);
    change(address);
    return address.href;
  };
  const wrong: readonly (readonly [Trial['way'], Readonly<Record<string, string>>])[] = [
    ['unknown-issuer', { iss: foreign.base, launch: play.word() }],
    [
      'look-alike-host',
      { iss: changed((url) => (url.hostname = `${base.hostname}.${foreignHost}`)), launch: play.word() },
    ],
    [
      'look-alike-user',
      { iss: fhirBase.replace(`//${base.host}`, `//${base.host}@${foreignHost}`), launch: play.word() },
    ],
    ['longer-address', { iss: `${fhirBase.replace(/\/$/, '')}-other`, launch: play.word() }],
    ['missing-launch', { iss: fhirBase }],
  ];
  const trials: Trial[] = [];
  try {
    for (const [way, parameters] of wrong) {
      const ending = await play.open(play.player.newBrowser(), parameters);
      trials.push({ way, status: ending.status, ended: endedOf(ending, ending.kind === 'sent-away') });
    }
  } finally {
    await foreign.close();
  }
  const [peer] = peers;
  if (peer !== undefined && peer.environment.fhirBase !== fhirBase) {
    const ending = await play.open(play.player.newBrowser(), { iss: peer.environment.fhirBase, launch: play.word() });
    // Its own sign-in page is right where the product serves it too.
    const { authorizeUrl } = peer.environment;
    const right = ending.kind === 'sent-away' && authorizeUrl !== undefined && isSame(ending.to, new URL(authorizeUrl));
    const known = authorizeUrl !== undefined || play.leadsToSignIn(ending);
    const accepted = ending.kind === 'sent-away' && !right && known;
    trials.push({ way: 'other-organization', status: ending.status, ended: endedOf(ending, accepted) });
  }
  return trials;
}

async function callbackTrials(play: Play, person: Person, on: OpenedOn): Promise<Trial[] | 'session-not-seen'> {
  const signedInRight = async (): Promise<{ home: URL; before: Browser; begun: Begun } | undefined> => {
    const begun = await play.launch();
    const callback = begun && (await play.callback(begun, person, on));
    if (begun === undefined || callback === undefined) return undefined;
    const before = begun.browser.copy();
    const ending = await begun.browser.visit(callback);
    return ending.kind === 'stayed' && isGood(ending.status) ? { home: ending.at, before, begun } : undefined;
  };
  const first = await signedInRight();
  if (first === undefined || sameSession(first.home)) return 'session-not-seen';
  const { home, before, begun } = first;
  const isIn = async (browser: Browser): Promise<boolean> => {
    const ending = await browser.visit(home);
    return ending.kind === 'stayed' && isGood(ending.status) && ending.at.pathname === home.pathname;
  };
  // Who has no session has to see something else there, or a session cannot be told from none.
  if (!(await isIn(begun.browser)) || (await isIn(play.player.newBrowser())) || (await isIn(before.copy())))
    return 'session-not-seen';
  const trials: Trial[] = [];
  const tried = async (way: Trial['way'], browser: Browser, callback: URL): Promise<void> => {
    const ending = await browser.visit(callback);
    trials.push({ way, status: ending.status, ended: endedOf(ending, await isIn(browser)) });
  };

  // The same `state` again, with a new code, in a browser that stands where the first one stood.
  const again = await play.callback(begun, person, on);
  if (again !== undefined) await tried('state-again', before, again);

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
    if (next === undefined || callback === undefined) return 'session-not-seen';
    change(callback);
    await tried(way, next.browser, callback);
  }

  const victim = await play.launch();
  const other = await play.launch();
  const foreign = other && (await play.callback(other, person, on));
  if (victim === undefined || foreign === undefined) return 'session-not-seen';
  await tried('state-of-another-browser', victim.browser, foreign);
  const next = await play.launch();
  const third = await play.launch();
  const code = third && (await play.callback(third, person, on));
  if (next === undefined || code === undefined) return 'session-not-seen';
  code.searchParams.set('state', next.authorize.searchParams.get('state') ?? '');
  await tried('foreign-code', next.browser, code);

  const browser = play.player.newBrowser();
  const opened = await play.openRight(browser, nextParameters);
  const atLaunch = play.begun(browser, opened);
  const answered = atLaunch && (await play.callback(atLaunch, person, on));
  trials.push(goesOn('next-at-launch', answered === undefined ? opened : await browser.visit(answered)));
  const last = await play.launch();
  const callback = last && (await play.callback(last, person, on));
  if (last !== undefined && callback !== undefined)
    trials.push(goesOn('next-at-callback', await last.browser.visit(withParameters(callback, nextParameters))));
  return (await signedInRight()) === undefined ? 'session-not-seen' : trials;
}

const nextParameters = Object.fromEntries(nextNames.map((name) => [name, foreignAddress]));

const goesOn = (way: Trial['way'], ending: Ending): Trial => ({
  way,
  status: ending.status,
  ended: endedOf(ending, ending.kind === 'sent-away' && ending.to.hostname === foreignHost),
});

const endedOf = ({ status }: Ending, accepted: boolean): Trial['ended'] =>
  accepted ? 'accepted' : status >= 500 || status === 429 ? 'fault' : 'refused';

const isGood = (status: number): boolean => status >= 200 && status < 300;

const isSame = (one: URL, other: URL): boolean => one.origin === other.origin && one.pathname === other.pathname;

/** An address that holds what the callback brought cannot be asked a second time. */
const sameSession = (home: URL): boolean => home.searchParams.has('code');

function withParameters(address: URL, parameters: Readonly<Record<string, string>>): URL {
  const changed = new URL(address);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed;
}
