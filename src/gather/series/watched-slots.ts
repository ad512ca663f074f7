import type { Slot } from 'fhir/r4.js';
import type { ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { noAnswerAfterBudgets, type Sample } from '../../model/latency-series.js';
import { pairWithinMs } from '../../model/paired-readings.js';
import { slotOffered } from '../ai-system.js';
import type { ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { AnswerPairs, ageOfAnswer, apartMs } from './answer-pairs.js';
import type { Lane } from './lane.js';
import { searchSlot, type SlotSighting } from './measured-search.js';
import { timed } from './timed.js';
import type { TrackLog } from './track-log.js';
import { watch } from './watch.js';

/** Between these two moments a change was made, on the monotonic clock. */
export interface Moment {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** A slot that one sample takes and frees. */
export interface BookedSlot {
  readonly slot: Slot | undefined;
  readonly patient: TestPatient;
  /** The last look at it in the EHR that showed it as it is. */
  seen?: SlotSighting;
}

type State = 'taken' | 'free';

/** The slots a series takes and frees, in the EHR's and in the AI system's answers. */
export class WatchedSlots {
  /** How the contract finds slots; undefined where it does not say. */
  readonly resource: ContractResource | undefined;
  /** The AI system's answers beside what the EHR shows. */
  readonly pairs = new AnswerPairs('active');
  readonly #tools: ProbeTools;
  readonly #ehr: Lane;
  readonly #aiSystem: Lane;

  constructor(tools: ProbeTools, { ehr, aiSystem }: { readonly ehr: Lane; readonly aiSystem: Lane }) {
    this.#tools = tools;
    this.#ehr = ehr;
    this.#aiSystem = aiSystem;
    this.resource = tools.contract.resources?.find(({ type, find }) => type === 'Slot' && find !== undefined);
  }

  /** How long the EHR's search goes on to show it otherwise. */
  inEhr(booked: BookedSlot, wanted: State, at: Moment, logs: readonly TrackLog[]): Promise<Sample | undefined> {
    return this.#watch(booked, wanted, at, logs, async (turn) => {
      const sighting = await this.search(booked, turn);
      if (sighting.state === wanted) booked.seen = sighting;
      return sighting;
    });
  }

  /** The same for the AI system. */
  inAnswers(booked: BookedSlot, wanted: State, at: Moment, logs: readonly TrackLog[]): Promise<Sample | undefined> {
    return this.#watch(booked, wanted, at, logs, () => this.#ask(booked));
  }

  /**
   * One more answer about the slot, beside what the EHR shows of it: whoever has shown a change does not take it back, and
   * whoever has not is behind by the time since. The sample, and so this moment, is due at random.
   */
  async compare(
    booked: BookedSlot,
    is: State,
    since: Moment,
    shown: Sample | undefined,
    [log]: readonly TrackLog[],
  ): Promise<void> {
    if (booked.slot === undefined || log === undefined || shown === undefined) return;
    // The series ended while this one was still looked for.
    if (shown[1] === null && shown[0] <= log.track.target.budgetMs) return;
    const answer = await this.#ask(booked);
    const { seen } = booked;
    const near = seen?.state === is && apartMs(seen, answer) <= pairWithinMs;
    const live = near ? seen : await this.search(booked, 1);
    // What the EHR's own search does not show yet is nothing to hold against an answer.
    if (live.state === is) this.pairs.note(answer, live, ageOfAnswer(answer, since));
    else this.pairs.leaveOut();
  }

  /** One look by the contract's search; every second one asks for no cached answer. */
  search({ slot, patient }: BookedSlot, turn: number): Promise<SlotSighting> {
    if (slot === undefined || this.resource === undefined)
      throw new ExchangeFault('no-test-object', 'no slot', undefined);
    return searchSlot(this.#tools, this.#ehr, { resource: this.resource, slot, patient, noCache: turn % 2 === 1 });
  }

  async #ask({ slot }: BookedSlot): Promise<SlotSighting> {
    const { aiSystem, signal } = this.#tools;
    if (aiSystem === undefined) throw new ExchangeFault('no-ai-system', 'aiSystem.query is not configured', undefined);
    return askAboutSlot(aiSystem, this.#aiSystem, signal, slot?.id ?? '');
  }

  async #watch(
    { slot }: BookedSlot,
    wanted: State,
    at: Moment,
    [log]: readonly TrackLog[],
    look: (turn: number) => Promise<SlotSighting>,
  ): Promise<Sample | undefined> {
    if (slot === undefined || log === undefined) return undefined;
    const { target } = log.track;
    return watch({
      look: async (turn) => {
        const { state, noCache, ...times } = await look(turn);
        return { seen: state === undefined || noCache === true ? undefined : state === wanted, ...times };
      },
      ...at,
      budgetMs: target.budgetMs,
      untilMs: noAnswerAfterBudgets * target.budgetMs,
      untilOver: true,
      random: this.#tools.random,
      closed: log.closed,
    });
  }
}

/** Whether the AI system would offer the slot now. */
export async function askAboutSlot(
  aiSystem: NonNullable<ProbeTools['aiSystem']>,
  lane: Lane,
  signal: AbortSignal,
  slotId: string,
): Promise<SlotSighting> {
  const reference = `Slot/${slotId}`;
  const asked = await timed(lane, signal, () => aiSystem.ask([['slot', reference]], { measured: {} }));
  const offered = slotOffered(asked.answer, reference);
  return {
    sentAtMs: asked.sentAtMs,
    receivedAtMs: asked.receivedAtMs,
    state: offered === undefined ? undefined : offered ? 'free' : 'taken',
  };
}
