import { setMaxListeners } from 'node:events';
import type { Lane } from './lane.js';
import type { SeriesPlan, Track } from './sampling-plan.js';
import { TrackLog, type SeriesBlock } from './track-log.js';
import { pauseFor } from './watch.js';

/** One sample of a series: measures every track that is still open. */
export interface SampleTask {
  readonly index: number;
  /** When it was due, on the monotonic clock. */
  readonly intendedAtMs: number;
  /** The logs of one part that still want samples. */
  logs(part: Track['part']): TrackLog[];
}

export interface SeriesOptions {
  readonly plan: SeriesPlan;
  readonly lane: Lane;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly take: (task: SampleTask) => Promise<void>;
  /** A request of another kind to the same host; false when it gets no answer either. */
  readonly control: () => Promise<boolean>;
}

const clockToleranceMs = 100;
const settlePollMs = 20;
/** A block that cannot be filled, because nothing may be sent, ends after so many due times. */
const dueTimesPerSample = 3;
const mostRefills = 3;

/**
 * Takes the samples of a series: an open loop of send times drawn beforehand as a Poisson stream, in blocks, until every
 * track is decided at one of its looks. Nothing is dropped but what the control, the clocks or the cap of requests in
 * flight take out, and that is counted.
 */
export async function runSeries(options: SeriesOptions): Promise<{ logs: TrackLog[]; blocks: readonly SeriesBlock[] }> {
  const { plan, signal } = options;
  const logs = plan.tracks.map((track) => new TrackLog(track, plan.cold));
  const running = new Set<Promise<void>>();
  const blocks: SeriesBlock[] = [];
  const firstStartMs = performance.now();
  setMaxListeners(0, signal);
  const failures: unknown[] = [];
  let next = 0;
  let started = 0;

  const start = (intendedAtMs: number): void => {
    const index = next++;
    started += 1;
    for (const log of logs) log.begin(index);
    const wallMs = Date.now() - performance.now();
    const task: SampleTask = {
      index,
      intendedAtMs,
      logs: (part) => logs.filter((log) => log.track.part === part && !log.closed.aborted),
    };
    const work = options
      .take(task)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .then(() => {
        const jumped = Math.abs(Date.now() - performance.now() - wallMs) > clockToleranceMs;
        if (jumped) for (const log of logs) log.drop(index, 'clock-jump');
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  // Whoever is decided watches no longer.
  const closeDecided = (): void => {
    for (const log of logs) if (log.decided) log.close();
  };

  const fill = async (samples: number): Promise<void> => {
    let dueMs = performance.now();
    let sent = 0;
    for (let due = 0; sent < samples && due < samples * dueTimesPerSample && failures.length === 0; due++) {
      dueMs += (-Math.log(1 - options.random()) * 60_000) / plan.ratePerMinute;
      await pauseFor(dueMs - performance.now(), signal);
      signal.throwIfAborted();
      closeDecided();
      if (started === plan.mostSamples || logs.every((log) => log.closed.aborted)) return;
      if (!options.lane.full) {
        start(dueMs);
        sent += 1;
        continue;
      }
      const index = next++;
      for (const log of logs) {
        if (options.lane.allSlowerThan(log.track.target.budgetMs)) {
          log.begin(index);
          log.fail(index);
        } else log.drop(index, 'not-sent');
      }
    }
  };

  // At a look, what the undecided ones still wait for is waited for too.
  const waiting = (look: number | undefined): boolean => {
    closeDecided();
    if (running.size === 0 || failures.length > 0) return false;
    return look === undefined || logs.some((log) => !log.ready(look));
  };

  const block = async (samples: number, look: number | undefined): Promise<void> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const from = next;
      const startMs = performance.now() - firstStartMs;
      await fill(samples);
      while (waiting(look)) {
        await pauseFor(settlePollMs, signal);
        // Aborted, a pause takes no time: the loop would let nothing else happen, ever.
        signal.throwIfAborted();
      }
      const faulty = logs.some((log) => log.hasErrors(from, next));
      if (attempt > 0 || !faulty || (await options.control())) {
        blocks.push({ from, to: next, startMs });
        return;
      }
      for (let index = from; index < next; index++) for (const log of logs) log.drop(index, 'discarded');
    }
  };

  let taken = -plan.cold;
  try {
    for (const [round, look] of plan.looks.entries()) {
      const parts = round === 0 ? plan.blocks : 1;
      for (let part = 0; part < parts; part++) {
        if (part > 0) await pauseFor(plan.blockPauseMs, signal);
        const upTo = Math.round((look * (part + 1)) / parts);
        await block(upTo - taken, part === parts - 1 ? look : undefined);
        taken = upTo;
        if (failures.length > 0) throw failures[0];
      }
      // Samples that could not be taken are made up for, so that a look has the number it was planned with.
      for (let refill = 0; refill < mostRefills; refill++) {
        const missing = Math.max(0, ...logs.map((log) => (log.closed.aborted ? 0 : look - log.count)));
        if (missing === 0) break;
        await block(missing, look);
        mergeLast(blocks);
        if (failures.length > 0) throw failures[0];
      }
      if (logs.every((log) => log.closed.aborted)) break;
    }
  } finally {
    for (const log of logs) log.close();
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
  return { logs, blocks };
}

function mergeLast(blocks: SeriesBlock[]): void {
  const [before, last] = blocks.splice(-2);
  if (before !== undefined) blocks.push({ ...before, to: last?.to ?? before.to });
}
