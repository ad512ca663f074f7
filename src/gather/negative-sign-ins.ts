import type { OrganizationProfile } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import type { EnvironmentClass } from '../model/outcome.js';
import { ExchangeFault } from './request.js';
import type { AssertionFault } from './faulty-assertion.js';
import type { ForeignKeySet } from './foreign-key-set.js';
import type { SignInRecord } from './sign-in.js';

/** What is wrong with a sign-in that has to be refused. */
export interface NegativeAttempt {
  /** Asked for instead of the scopes of the binding. */
  readonly scopes?: readonly string[];
  /** Token URL of this other organization instead of the own one. */
  readonly peer?: string;
  /** What is wrong with the assertion. */
  readonly assertion?: AssertionFault;
  /** Where `foreign-key-set` says that its key is published. */
  readonly keySet?: ForeignKeySet;
}

export interface NegativeSignInOptions {
  readonly organization: OrganizationProfile;
  /** The strictest of all organizations concerned. */
  readonly environmentClass: EnvironmentClass;
  readonly contact: string | undefined;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const spacingMs = 30_000;
const signInSpacingMs = 10_000;
const slowerTimes = 5;
/** Below this, a slower answer is noise. */
const slowMs = 2_000;

/** Sign-ins that have to be refused: agreed, few, spaced, each between two good ones (safety rules 7, 27 and 31). */
export class NegativeSignIns {
  readonly #options: NegativeSignInOptions;
  /** What came of the last good one, by whose it was: it is the one before the next bad one, too. */
  readonly #lastGood = new Map<string, Timed>();
  #made = 0;

  constructor(options: NegativeSignInOptions) {
    this.#options = options;
  }

  /** How many more are agreed. */
  get left(): number {
    return Math.max(0, (this.#options.organization.limits?.maxNegativeAuth ?? 0) - this.#made);
  }

  /**
   * @throws ExchangeFault `tool-limited`, `prerequisite-failed`, `cap`, `control-failed`: the bad one was not sent
   * @throws SafetyStop `sign-in-locked` when the good sign-in afterwards is refused or much slower
   */
  async attempt<T>(bad: () => Promise<T>, good: () => Promise<SignInRecord>): Promise<T> {
    const [result] = await this.attempts([bad], good);
    return result as T;
  }

  /**
   * The same for several: the good one after each is the good one before the next, so that n bad ones need n + 1 good ones.
   * @param who shows the good and the bad credentials
   * @throws as `attempt`; `cap` before the first when not all of them are agreed
   */
  async attempts<T>(
    bads: readonly (() => Promise<T>)[],
    good: () => Promise<Tried>,
    who = 'the expendable client',
  ): Promise<T[]> {
    const { organization, environmentClass, pause } = this.#options;
    if (environmentClass === 'production') throw refused('tool-limited', 'production is never tested negatively');
    if (organization.limits?.authNegativeTests !== true)
      throw refused('prerequisite-failed', 'limits.authNegativeTests is not agreed');
    if (this.#made + bads.length > (organization.limits.maxNegativeAuth ?? 0))
      throw refused('cap', 'limits.maxNegativeAuth is reached');
    const paced = environmentClass !== 'simulator';
    const results: T[] = [];
    let before = this.#lastGood.get(who);
    for (const bad of bads) {
      if (paced && this.#made > 0) await pause(spacingMs);
      this.#made += 1;
      before ??= await this.#timed(good, who);
      if (!before.record.usableToken) throw refused('control-failed', `${who} cannot sign in`);
      if (paced) await pause(signInSpacingMs);
      results.push(await bad());
      if (paced) await pause(signInSpacingMs);
      const after = await this.#timed(good, who);
      this.#refuseLocked(before, after, who);
      before = after;
    }
    return results;
  }

  async #timed(good: () => Promise<Tried>, who: string): Promise<Timed> {
    const came = await timed(good);
    this.#lastGood.set(who, came);
    return came;
  }

  #refuseLocked(before: Timed, after: Timed, who: string): void {
    const { contact } = this.#options;
    const slower = after.tookMs > slowMs && after.tookMs > slowerTimes * before.tookMs;
    if (!after.record.usableToken || slower) {
      throw new SafetyStop(
        'sign-in-locked',
        27,
        `after one refused sign-in ${who} ${slower ? 'waits much longer' : `is refused with ${after.record.status}`}: the server may have locked it`,
        `Tell ${contact ?? 'the EHR team'}, have the client unlocked, and run again without limits.authNegativeTests.`,
      );
    }
  }
}

const refused = (reason: ExchangeFault['reason'], detail: string): ExchangeFault =>
  new ExchangeFault(reason, detail, undefined);

/** What came of one good sign-in. */
type Tried = Pick<SignInRecord, 'usableToken' | 'status'>;

interface Timed {
  readonly record: Tried;
  readonly tookMs: number;
}

async function timed(work: () => Promise<Tried>): Promise<Timed> {
  const startedMs = performance.now();
  return { record: await work(), tookMs: performance.now() - startedMs };
}
