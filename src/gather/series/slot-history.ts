import type { Sample } from '../../model/latency-series.js';
import type { AgePoint } from '../../model/sawtooth.js';
import type { ChangeSeen } from './answer-pairs.js';
import type { SlotSighting } from './measured-search.js';

type State = 'taken' | 'free';

interface History {
  state: State;
  /** When its state came about, as far as readings showed it. */
  change: ChangeSeen;
  /** Last answer of the AI system about it. */
  said?: State;
  /** The AI system has offered it before: only then it would have to again. */
  offered: boolean;
  /** Changes since the AI system last agreed. */
  changes: number;
  /** It changed, and the AI system has not shown it yet. */
  pending: boolean;
}

/** What one reading of all slots showed. */
export interface SlotsReading {
  readonly states: ReadonlyMap<string, State>;
  /** Nothing else is there: a slot that is missing is not free. */
  readonly complete: boolean;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

const mostKnown = 1_000;

/** What readings and answers told of each slot over the time of a window. */
export class SlotHistory {
  readonly #slots = new Map<string, History>();
  #before: SlotsReading | undefined;
  #changes = 0;
  #followed = 0;

  /** Changes that readings showed, and those that the AI system's answers followed. */
  get counts(): { readonly changes: number; readonly followed: number } {
    return { changes: this.#changes, followed: this.#followed };
  }

  note(reading: SlotsReading): void {
    const earliestMs = this.#before?.sentAtMs ?? null;
    for (const [id, state] of reading.states) this.#see(id, state, { earliestMs, latestMs: reading.receivedAtMs });
    if (reading.complete) {
      for (const id of this.#slots.keys()) {
        if (!reading.states.has(id)) this.#see(id, 'taken', { earliestMs, latestMs: reading.receivedAtMs });
      }
    }
    this.#before = reading;
  }

  #see(id: string, state: State, change: ChangeSeen): void {
    const known = this.#slots.get(id);
    if (known === undefined) {
      if (this.#slots.size >= mostKnown) return;
      const since = { earliestMs: null, latestMs: change.latestMs };
      this.#slots.set(id, { state, change: since, offered: false, changes: 0, pending: false });
    } else if (known.state !== state) {
      Object.assign(known, { state, change, pending: true, changes: known.changes + 1 });
      this.#changes += 1;
    }
  }

  /** One slot by chance, then what changed last and what the answers have been behind with the longest. */
  toAsk(random: () => number): string[] {
    const ids = [...this.#slots.keys()];
    const chosen = ids[Math.floor(random() * ids.length)];
    if (chosen === undefined) return [];
    const pending = ids
      .filter((id) => this.#slots.get(id)?.pending === true)
      .sort((one, other) => this.#changedAtMs(one) - this.#changedAtMs(other));
    return [...new Set([chosen, pending.at(-1) ?? chosen, pending[0] ?? chosen])];
  }

  #changedAtMs(id: string): number {
    return this.#slots.get(id)?.change.latestMs ?? 0;
  }

  /**
   * What is so of a slot, and since when; undefined where an answer cannot be held against it: not known, or free and never
   * offered, which may be a rule of the product.
   */
  comparable(id: string, answer: SlotSighting): { readonly state: State; readonly change: ChangeSeen } | undefined {
    const known = this.#slots.get(id);
    return known !== undefined && (known.offered || answer.state === 'free') ? known : undefined;
  }

  /**
   * An answer about a slot whose state is known to be the same before and after it.
   *
   * @param atMs the moment the age is told for; not before the answer was here
   * @returns how old what is behind the answer was, at least and, where that is known, at most; undefined where it does not tell
   */
  answered(id: string, { state, sentAtMs }: SlotSighting, atMs: number): Sample | undefined {
    const known = this.#slots.get(id);
    if (known === undefined || state === undefined) return undefined;
    const { said, change } = known;
    known.said = state;
    known.offered ||= state === 'free';
    known.pending = state !== known.state;
    if (known.pending) return [Math.max(0, sentAtMs - change.latestMs), null];
    // Between two changes the same answer can be that of a copy before both.
    const follows = said !== undefined && said !== state && known.changes === 1;
    known.changes = 0;
    if (!follows || change.earliestMs === null) return undefined;
    this.#followed += 1;
    return [0, Math.max(0, atMs - change.earliestMs)];
  }
}

/** What answers of one moment say together of the age of what is behind them; undefined where they say nothing. */
export function agePoint(atMs: number, seen: readonly Sample[]): AgePoint | undefined {
  if (seen.length === 0) return undefined;
  const atLeastMs = Math.max(...seen.map(([lowerMs]) => lowerMs));
  const bounds = seen.flatMap(([, upperMs]) => upperMs ?? []);
  return [atMs, atLeastMs, bounds.length === 0 ? null : Math.max(atLeastMs, Math.min(...bounds))];
}
