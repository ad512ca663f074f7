import { expect, it } from 'vitest';
import { Lane } from '../../../src/gather/series/lane.js';
import { runSeries } from '../../../src/gather/series/run-series.js';
import type { SeriesPlan } from '../../../src/gather/series/sampling-plan.js';

it('ends when it is stopped while it waits for samples that are still watched', { timeout: 10_000 }, async () => {
  const stop = new AbortController();
  const plan = {
    tracks: [
      {
        subject: 'budget:read',
        part: 'read',
        target: { percentile: 95, budgetMs: 60_000 },
        looks: [{ n: 2, passAt: 2, failAt: null }],
        resources: ['slot'],
      },
    ],
    cold: 0,
    looks: [2],
    blocks: 1,
    blockPauseMs: 0,
    ratePerMinute: 60_000,
    mostSamples: 4,
  } as unknown as SeriesPlan;
  let watched = 0;
  const series = runSeries({
    plan,
    lane: new Lane({ requestsPerSecond: 1_000, concurrency: 4 }),
    random: () => 0.5,
    signal: stop.signal,
    // Watches until it is closed, as one that waits for what never comes.
    take: async (task) => {
      const [log] = task.logs('read');
      watched += 1;
      if (watched === 2) setTimeout(() => stop.abort(), 30);
      await new Promise((resolve) => {
        log?.closed.addEventListener('abort', resolve);
      });
    },
    control: () => Promise.resolve(true),
  });
  await expect(series).rejects.toThrow('aborted');
  expect(watched).toBe(2);
});
