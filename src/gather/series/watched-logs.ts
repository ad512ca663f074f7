import { setMaxListeners } from 'node:events';
import { noAnswerAfterBudgets, type Sample } from '../../model/latency-series.js';
import type { SampleTask } from './run-series.js';
import type { TrackLog } from './track-log.js';
import { watch, type Sighting } from './watch.js';

interface Watched {
  /** Of the sample. */
  readonly index: number;
  /** Between these two moments what is watched for happened; monotonic milliseconds. */
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly look: (turn: number) => Promise<Sighting | undefined>;
  readonly random: () => number;
  readonly notYet?: ((sample: Sample) => void) | undefined;
}

/**
 * One watch for logs that wait for the same thing: as finely as the tightest budget needs, until none of them wants it
 * any more. Undefined where none did.
 */
export async function watchFor(
  logs: readonly TrackLog[],
  { index, notYet, ...watched }: Watched,
): Promise<Sample | undefined> {
  const open = logs.filter((log) => !log.closed.aborted);
  if (open.length === 0) return undefined;
  const budgets = open.map((log) => log.track.target.budgetMs);
  return watch({
    ...watched,
    budgetMs: Math.min(...budgets),
    untilMs: noAnswerAfterBudgets * Math.max(...budgets),
    closed: allClosed(open),
    onNotYet: (sample) => {
      for (const log of open) log.soFar(index, sample);
      notYet?.(sample);
    },
  });
}

export function settle(task: SampleTask, logs: readonly TrackLog[], sample: Sample | undefined): void {
  for (const log of logs) {
    if (sample === undefined) log.drop(task.index, 'not-sent');
    else log.settle(task.index, sample);
  }
}

function allClosed(logs: readonly TrackLog[]): AbortSignal {
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return only.closed;
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const close = (): void => {
    if (logs.every((log) => log.closed.aborted)) controller.abort();
  };
  for (const log of logs) log.closed.addEventListener('abort', close, { once: true });
  close();
  return controller.signal;
}
