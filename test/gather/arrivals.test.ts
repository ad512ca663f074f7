import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Arrivals } from '../../src/gather/arrivals.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('waiting for what arrives', () => {
  it('ends as soon as it is there', async () => {
    const arrivals = new Arrivals();
    let there = false;
    const waited = arrivals.until(() => there, 1_000);
    there = true;
    arrivals.tell();
    expect(await waited).toBe(true);
  });

  it('ends at once where it is there already, and after its time where it never comes', async () => {
    const arrivals = new Arrivals();
    expect(await arrivals.until(() => true, 1_000)).toBe(true);
    const waited = arrivals.until(() => false, 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await waited).toBe(false);
  });

  it('does not count time in which this process stood still', async () => {
    const arrivals = new Arrivals();
    let there = false;
    const waited = arrivals.until(() => there, 1_000);
    // Nothing ran meanwhile, least of all what reads the listener.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 900);
    vi.advanceTimersToNextTimer();
    clock.mockRestore();
    await vi.advanceTimersByTimeAsync(1_000);
    there = true;
    arrivals.tell();
    expect(await waited).toBe(true);
  });
});
