import { describe, expect, it } from 'vitest';
import { lookAtClock } from '../../src/gather/clock-look.js';
import { ExchangeFault, type Answer } from '../../src/gather/request.js';

const startMs = Date.UTC(2026, 2, 2, 10);

/** Answers 1 ms apart in time of travel, at the moments given, from a clock that is ahead by so much. */
function clock(momentsMs: readonly number[], aheadMs: number, headers: Readonly<Record<string, string>> = {}) {
  let asked = 0;
  return () => {
    const atMs = startMs + (momentsMs[asked++ % momentsMs.length] ?? 0);
    const date = new Date(atMs + aheadMs).toUTCString();
    const answer = { headers: { date, ...headers }, sentAt: new Date(atMs), receivedAt: new Date(atMs + 1) };
    return Promise.resolve(answer as unknown as Answer);
  };
}
const calmly = { random: () => 0.5, pause: () => Promise.resolve() };
const twenty = { times: 20, fewest: 20 };
const spread = Array.from({ length: 20 }, (_, index) => index * 1_049);

describe('a look at another clock', () => {
  it.each([0, 700, -40_000])('contains its offset of %i ms, and is narrow', async (aheadMs) => {
    const [leastMs = 0, mostMs = 0] = (await lookAtClock(clock(spread, aheadMs), twenty, calmly)) ?? [];
    expect(leastMs).toBeLessThanOrEqual(aheadMs);
    expect(mostMs).toBeGreaterThanOrEqual(aheadMs);
    expect(mostMs - leastMs).toBeLessThan(150);
  });

  it('a second apart all say the same', async () => {
    const regular = Array.from({ length: 20 }, (_, index) => index * 1_000 + 500);
    const [leastMs = 0, mostMs = 0] = (await lookAtClock(clock(regular, 0), twenty, calmly)) ?? [];
    expect(mostMs - leastMs).toBeGreaterThan(1_000);
  });

  it('has no one time with two nodes 1.5 s apart', async () => {
    const [one, other] = [clock(spread, 0), clock(spread, 2_500)];
    let turn = 0;
    const found = (await lookAtClock(() => (turn++ % 2 === 0 ? one() : other()), twenty, calmly)) ?? [0, 0];
    expect(found[0]).toBeGreaterThan(found[1]);
  });

  it('counts no answer of a cache, none without a time, and no fault', async () => {
    expect(await lookAtClock(clock(spread, 0, { age: '3' }), twenty, calmly)).toBeUndefined();
    expect(await lookAtClock(clock(spread, 0, { date: 'soon' }), twenty, calmly)).toBeUndefined();
    const gone = () => Promise.reject(new ExchangeFault('unavailable', 'no answer', undefined));
    expect(await lookAtClock(gone, twenty, calmly)).toBeUndefined();
  });
});
