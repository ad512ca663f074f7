import type { Sample } from '../../model/latency-series.js';
import { ExchangeFault, type Answer } from '../request.js';
import type { Lane } from './lane.js';

/** An answer and the time it took, on the monotonic clock; no answer is a result here, not an exception. */
export interface Timed {
  readonly answer: Answer | undefined;
  readonly sample: Sample;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** In our own lane; no part of the sample. */
  readonly waitedMs: number;
  /** Of the sample: this process itself stood still. */
  readonly lateMs: number;
}

/**
 * Sends one measured request. A request of the schedule counts from when it was due or, if that was earlier, from when
 * it was sent; one that follows another counts from when the door had it, so that the flush of the journal is not the
 * EHR's time.
 * @throws ExchangeFault when nothing was sent; SafetyStop
 */
export async function timed(
  lane: Lane,
  signal: AbortSignal,
  send: () => Promise<Answer>,
  dueAtMs?: number,
): Promise<Timed> {
  let startedMs = performance.now();
  try {
    const { value: answer, waitedMs } = await lane.run(() => {
      startedMs = performance.now();
      return send();
    }, signal);
    const { sentAtMs, endAtMs, intendedAtMs } = answer.timing;
    const fromMs = Math.min(dueAtMs === undefined ? intendedAtMs : dueAtMs + waitedMs, sentAtMs);
    const tookMs = Math.max(0, endAtMs - fromMs);
    const lateMs = lane.lateBetween(fromMs, endAtMs);
    return { answer, sample: [tookMs, tookMs], sentAtMs: fromMs, receivedAtMs: endAtMs, waitedMs, lateMs };
  } catch (error) {
    if (!(error instanceof ExchangeFault) || error.exchange === undefined) throw error;
    const nowMs = performance.now();
    const sample: Sample = [nowMs - startedMs, null];
    return { answer: undefined, sample, sentAtMs: startedMs, receivedAtMs: nowMs, waitedMs: 0, lateMs: 0 };
  }
}
