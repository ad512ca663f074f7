import { describe, expect, it } from 'vitest';
import { StartingLine } from '../../src/gather/starting-line.js';
import { trial } from '../support/trial.js';

const checks = ['write.slot-race'];

describe('a race for slots', () => {
  it('meets 29 times, is counted as samples and leaves nothing', async () => {
    const { exchanges, fact, before, after, end } = await trial({ checks });
    expect(fact('slot-race', 'action:book')).toMatchObject({ bookedOnce: 29, mostBookings: 1, bothCanBook: true });
    const raced = exchanges.filter(({ probe }) => probe === 'slot-race');
    expect(raced.filter(({ sample }) => sample !== true)).toEqual([]);
    // Two bookings and a cancellation each; once more one after the other; two searches for each block. Few do not meet.
    expect(raced.length).toBeLessThanOrEqual(35 * 3 + 3 + 2 * 5);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });

  it('meets 10 times where few writes are agreed', async () => {
    const { fact, outcome } = await trial({
      checks,
      change: ({ organization }) => {
        (organization['writePolicy'] as Record<string, unknown>)['maxPerRun'] = 120;
      },
    });
    expect(fact('slot-race', 'action:book')).toMatchObject({ bookedOnce: 10 });
    expect(outcome('write.slot-race')).toBe('pass');
  });

  it('is not tried where one request at a time is agreed', async () => {
    const { fact, exchanges } = await trial({
      checks,
      change: ({ organization }) => {
        (organization['limits'] as Record<string, unknown>)['concurrency'] = 1;
      },
    });
    expect(fact('slot-race', 'action:book')).toMatchObject({ missing: 'cap' });
    expect(exchanges.filter(({ probe }) => probe === 'slot-race')).toEqual([]);
  });
});

describe('a starting line', () => {
  it('holds the first until the second is there', async () => {
    const line = new StartingLine(2);
    const sent: string[] = [];
    const first = line.arrive().then(() => sent.push('first'));
    await Promise.resolve();
    expect(sent).toEqual([]);
    const second = line.arrive().then(() => sent.push('second'));
    await Promise.all([first, second]);
    expect(sent).toEqual(['first', 'second']);
  });

  it('holds nobody when the other one gives up', async () => {
    const line = new StartingLine(2);
    const first = line.arrive();
    line.open();
    await expect(first).resolves.toBeUndefined();
  });
});
