import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { retryAfter } from '../../src/wire/retry-after.js';
import { TokenBucket, type Turn } from '../../src/wire/token-bucket.js';

describe('token bucket', () => {
  function simulated(options: Partial<ConstructorParameters<typeof TokenBucket>[0]>): TokenBucket {
    vi.useFakeTimers();
    return new TokenBucket({ requestsPerSecond: 2, concurrency: 2, monotonicMs: () => Date.now(), ...options });
  }
  async function taken(bucket: TokenBucket, signal?: AbortSignal): Promise<Turn> {
    const turn = await bucket.take(signal);
    if (turn === undefined) throw new Error('the budget is spent');
    return turn;
  }

  test('rule 25: never more turns than rate and capacity allow, first come first served', async () => {
    const bucket = simulated({ concurrency: 100, capacity: 2 });
    const startMs = Date.now();
    const grants: { index: number; atMs: number; waitedMs: number }[] = [];
    for (let index = 0; index < 6; index += 1) {
      void taken(bucket).then(({ waitedMs }) => grants.push({ index, atMs: Date.now() - startMs, waitedMs }));
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(grants.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(grants.map(({ atMs }) => atMs)).toEqual([0, 0, 500, 1_000, 1_500, 2_000]);
    expect(grants.map(({ waitedMs }) => waitedMs)).toEqual([0, 0, 500, 1_000, 1_500, 2_000]);
    vi.useRealTimers();
  });

  test('concurrency holds the next back until a turn is released, once', async () => {
    const bucket = new TokenBucket({ requestsPerSecond: Number.POSITIVE_INFINITY, concurrency: 2 });
    const [first, second] = await Promise.all([taken(bucket), taken(bucket)]);
    let granted = 0;
    const waiting = [taken(bucket), taken(bucket)].map((turn) => turn.then(() => (granted += 1)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(granted).toBe(0);
    first.release();
    first.release();
    await waiting[0];
    expect(granted).toBe(1);
    second.release();
    await waiting[1];
    expect(granted).toBe(2);
  });

  test('rule 19: reserved turns are there when the budget is spent', async () => {
    const bucket = new TokenBucket({ requestsPerSecond: Number.POSITIVE_INFINITY, concurrency: 9, budget: 5 });
    const reservation = bucket.reserve(3);
    expect(bucket.remaining).toBe(2);
    expect(bucket.reserve(3)).toBeUndefined();
    await taken(bucket);
    await taken(bucket);
    expect(await bucket.take()).toBeUndefined();
    expect((await reservation?.take())?.waitedMs).toBeGreaterThanOrEqual(0);
    expect(reservation?.remaining).toBe(2);
    reservation?.cancel();
    expect(await reservation?.take()).toBeUndefined();
    expect(bucket.remaining).toBe(2);
  });

  test('who gives up waiting takes nothing', async () => {
    const bucket = new TokenBucket({ requestsPerSecond: 1e-9, concurrency: 1, budget: 3 });
    await taken(bucket);
    const caller = new AbortController();
    const waiting = bucket.take(caller.signal);
    caller.abort(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    await expect(bucket.take(caller.signal)).rejects.toThrow('over');
    expect(bucket.remaining).toBe(2);
  });

  test('a pause the host asked for holds everyone', async () => {
    const bucket = simulated({ requestsPerSecond: Number.POSITIVE_INFINITY });
    bucket.pause(5_000);
    bucket.pause(1_000);
    const startMs = Date.now();
    let atMs: number | undefined;
    void taken(bucket).then(() => (atMs = Date.now() - startMs));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(atMs).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(atMs).toBe(5_000);
    vi.useRealTimers();
  });
});

describe('Retry-After', () => {
  const wallMs = Date.parse('2026-01-01T00:00:00Z');
  test.each([
    ['3', { waitMs: 3_000, honoured: true }],
    [' 0 ', { waitMs: 0, honoured: true }],
    ['86400', { waitMs: 60_000, honoured: false }],
    ['Thu, 01 Jan 2026 00:00:30 GMT', { waitMs: 30_000, honoured: true }],
    ['Wed, 31 Dec 2025 00:00:00 GMT', { waitMs: 0, honoured: true }],
    ['Thu, 01 Jan 2099 00:00:00 GMT', { waitMs: 60_000, honoured: false }],
    ['-1', undefined],
    ['soon', undefined],
    ['2099', { waitMs: 60_000, honoured: false }],
    ['Thu, 41 Foo 2026 00:00:00 GMT', undefined],
    ['1e3', undefined],
    ['9'.repeat(400), undefined],
    ['', undefined],
    [undefined, undefined],
  ])('HS-52 %s', (value, expected) => {
    expect(retryAfter(value, wallMs, 60_000)).toEqual(expected);
  });

  test('any text gives a wait within the bound, or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (value) => {
          const wait = retryAfter(value, wallMs, 60_000)?.waitMs ?? 0;
          return wait >= 0 && wait <= 60_000;
        },
      ),
    );
  });
});
