import { describe, expect, it } from 'vitest';
import { OwnLateness } from '../../src/gather/own-lateness.js';
import { TrackLog } from '../../src/gather/series/track-log.js';

/** A watch over a process whose clock the test turns. */
function watched(): { lateness: OwnLateness; at: (nowMs: number) => void } {
  let now = 0;
  const lateness = new OwnLateness(() => now);
  lateness.stop();
  return {
    lateness,
    at: (nowMs) => {
      now = nowMs;
    },
  };
}

describe('time in which this process stood still', () => {
  it('is none while the timers come when they are due', () => {
    const { lateness, at } = watched();
    for (const nowMs of [10, 21, 35, 44]) {
      at(nowMs);
      expect(lateness.between(0, nowMs)).toBe(0);
    }
  });

  it('is the stretch from when a timer was due until it ran', () => {
    const { lateness, at } = watched();
    at(300);
    expect(lateness.between(0, 300)).toBe(290);
    expect(lateness.between(250, 300)).toBe(50);
    expect(lateness.between(0, 5)).toBe(0);
    at(310);
    expect(lateness.between(300, 310)).toBe(0);
    expect(lateness.between(0, 310)).toBe(290);
  });
});

describe('a sample of a process that stood still', () => {
  const budgetMs = 100;
  const logOf = (lateMs: number) => {
    const log = new TrackLog(
      { subject: 'budget:read', part: 'read', target: { percentile: 50, budgetMs }, looks: [], resources: [] },
      0,
    );
    log.begin(0);
    log.settle(0, [150, 150], { lateMs });
    return log.series({ ratePerMinute: 60, simulator: true }, []);
  };

  it('took at least what is left without it, and is not over the budget by it', () => {
    expect(logOf(80)).toMatchObject({ samples: [[70, 150]], late: 1 });
  });

  it('stays over the budget where it is so without it', () => {
    expect(logOf(20)).toMatchObject({ samples: [[130, 150]], late: 0 });
    expect(logOf(0)).toMatchObject({ samples: [[150, 150]], late: 0 });
  });
});
