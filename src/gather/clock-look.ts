import type { StampInterval } from '../model/record-stamps.js';
import { ExchangeFault, type Answer } from './request.js';

/** The header Date has a resolution of one second: https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1 */
const dateResolutionMs = 1_000;
/** Our own clock is read in whole milliseconds, at both ends. */
const ownResolutionMs = 1;
const longestPauseMs = 250;

/**
 * How far the clock behind these answers is ahead of ours: what all of them say together (latency D.4). They are asked for
 * at random moments, because answers a second apart all say the same. Undefined where too few of them tell a time; the first
 * end above the second where no one offset explains them.
 */
export async function lookAtClock(
  ask: () => Promise<Answer>,
  { times, fewest }: { readonly times: number; readonly fewest: number },
  { random, pause }: { readonly random: () => number; readonly pause: (milliseconds: number) => Promise<void> },
): Promise<StampInterval | undefined> {
  let [told, atLeastMs, atMostMs] = [0, -Infinity, Infinity];
  for (let asked = 0; asked < times; asked++) {
    await pause(longestPauseMs * random());
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
    // An answer of a cache tells the time it was stored.
    const dateMs = answer?.headers['age'] === undefined ? Date.parse(answer?.headers['date'] ?? '') : Number.NaN;
    if (answer === undefined || Number.isNaN(dateMs)) continue;
    told += 1;
    atLeastMs = Math.max(atLeastMs, dateMs - answer.receivedAt.getTime() - ownResolutionMs);
    atMostMs = Math.min(atMostMs, dateMs + dateResolutionMs - answer.sentAt.getTime() + ownResolutionMs);
  }
  if (told < fewest) return undefined;
  // Some servers write a Date that is up to a second old; both ends are then where the offset was seen.
  const apartMs = atLeastMs - atMostMs;
  return apartMs > 0 && apartMs <= dateResolutionMs ? [atMostMs, atLeastMs] : [atLeastMs, atMostMs];
}
