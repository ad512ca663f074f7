import type { FactValue } from '../../model/fact.js';
import type { OpenedOn, Person } from '../person.js';
import type { Browser, Ending, LaunchPlace, LaunchPlayer } from './launch-player.js';

export type LaunchTrial = FactValue<'launch-trials'>['launches'][number];

/** A launch that led to the sign-in page of the EHR. */
export interface Begun {
  readonly browser: Browser;
  readonly authorize: URL;
}

/** A right launch and sign-in, done. */
export interface SignedInBrowser {
  readonly browser: Browser;
  readonly callback: URL;
  /** Where the product led after the callback. */
  readonly ending: Ending;
}

/** What all trials of one app at one organization share. */
export class Play {
  /** Every `state` the app sent to the sign-in page; compared, and never kept. */
  readonly states: string[] = [];
  readonly player: LaunchPlayer;
  readonly #place: LaunchPlace;
  readonly #authorizeUrl: URL;
  readonly #random: () => number;

  constructor(player: LaunchPlayer, place: LaunchPlace & { readonly authorizeUrl: string }, random: () => number) {
    this.player = player;
    this.#place = place;
    this.#authorizeUrl = new URL(place.authorizeUrl);
    this.#random = random;
  }

  word(): string {
    return Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join('');
  }

  open(browser: Browser, parameters: Readonly<Record<string, string>>): Promise<Ending> {
    return browser.visit(withParameters(this.#place.launchUrl, parameters));
  }

  leadsToSignIn(ending: Ending): boolean {
    return ending.kind === 'sent-away' && isSame(ending.to, this.#authorizeUrl);
  }

  /** A right launch, in a new browser where none is given; undefined where it led elsewhere than to the EHR's sign-in page. */
  async launch(browser = this.player.newBrowser()): Promise<Begun | undefined> {
    const ending = await this.openRight(browser);
    return this.begun(browser, ending);
  }

  openRight(browser: Browser, more: Readonly<Record<string, string>> = {}): Promise<Ending> {
    return this.open(browser, { ...more, iss: this.#place.fhirBase, launch: this.word() });
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
    const own = visit.kind === 'sent-back' && this.player.isOfProduct(visit.to);
    return own && visit.to.searchParams.get('code') !== null ? visit.to : undefined;
  }

  /** The whole way, in a new browser where none is given; undefined where it did not come to a callback with a code. */
  async signIn(person: Person, on: OpenedOn, browser?: Browser): Promise<SignedInBrowser | undefined> {
    const begun = await this.launch(browser);
    const callback = begun && (await this.callback(begun, person, on));
    if (begun === undefined || callback === undefined) return undefined;
    return { browser: begun.browser, callback, ending: await begun.browser.visit(callback) };
  }
}

/** The app shows a page and not a refusal. */
export const isOpen = (ending: Ending): boolean =>
  ending.kind === 'stayed' && ending.status >= 200 && ending.status < 300;

export const endedOf = ({ status }: Ending, accepted: boolean): LaunchTrial['ended'] =>
  accepted ? 'accepted' : status >= 500 || status === 429 ? 'fault' : 'refused';

export const isSame = (one: URL, other: URL): boolean => one.origin === other.origin && one.pathname === other.pathname;

export function withParameters(address: URL, parameters: Readonly<Record<string, string>>): URL {
  const changed = new URL(address);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed;
}
