import { describe, expect, it } from 'vitest';
import type { SlotSighting } from '../../../src/gather/series/measured-search.js';
import { agePoint, SlotHistory } from '../../../src/gather/series/slot-history.js';

type State = 'taken' | 'free';
const reading = (atMs: number, states: Record<string, State>, complete = true) => ({
  states: new Map(Object.entries(states)),
  complete,
  sentAtMs: atMs,
  receivedAtMs: atMs + 10,
});
const answer = (state: SlotSighting['state'], sentAtMs: number): SlotSighting => ({
  state,
  sentAtMs,
  receivedAtMs: sentAtMs + 5,
});
/** What the AI system says of one slot at a moment. */
const says = (history: SlotHistory, state: State, atMs: number) => history.answered('a', answer(state, atMs), atMs + 5);

describe('answers about slots that others change', () => {
  it('are as old as the change they do not show, and as new as the one they have come to show', () => {
    const history = new SlotHistory();
    history.note(reading(0, { a: 'free' }));
    expect(says(history, 'free', 100)).toBeUndefined();
    history.note(reading(1_000, { a: 'taken' }));
    expect(says(history, 'free', 1_500)).toEqual([490, null]);
    expect(says(history, 'free', 9_010)).toEqual([8_000, null]);
    // Changed after 0, when it was last read as free.
    expect(says(history, 'taken', 9_995)).toEqual([0, 10_000]);
    expect(history.counts).toEqual({ changes: 1, followed: 1 });
  });

  it('tell nothing of an age where the slot changed and changed back between them', () => {
    const history = new SlotHistory();
    history.note(reading(0, { a: 'free' }));
    says(history, 'free', 100);
    history.note(reading(1_000, { a: 'taken' }));
    history.note(reading(2_000, { a: 'free' }));
    expect(says(history, 'free', 2_100)).toBeUndefined();
    history.note(reading(3_000, { a: 'taken' }));
    history.note(reading(4_000, { a: 'free' }));
    history.note(reading(5_000, { a: 'taken' }));
    expect(says(history, 'taken', 5_100)).toBeUndefined();
    expect(history.counts).toEqual({ changes: 5, followed: 0 });
  });

  it('are not held against a product that never offered the slot, unless it offers what is taken', () => {
    const history = new SlotHistory();
    history.note(reading(0, { a: 'free', b: 'taken' }));
    expect(history.comparable('a', answer('taken', 100))).toBeUndefined();
    expect(history.comparable('b', answer('free', 100))?.state).toBe('taken');
    says(history, 'free', 200);
    expect(history.comparable('a', answer('taken', 300))?.state).toBe('free');
    expect(history.comparable('unknown', answer('free', 300))).toBeUndefined();
  });

  it('take a slot that is missing for taken, where nothing else is on a next page', () => {
    const history = new SlotHistory();
    history.note(reading(0, { a: 'free', b: 'free' }));
    history.note(reading(1_000, { b: 'free' }, false));
    expect(history.counts.changes).toBe(0);
    history.note(reading(2_000, { b: 'free' }));
    expect(history.counts.changes).toBe(1);
  });

  it('are asked for by chance, for what changed last and for what is behind the longest', () => {
    const history = new SlotHistory();
    history.note(reading(0, { a: 'free', b: 'free', c: 'free' }));
    expect(history.toAsk(() => 0)).toEqual(['a']);
    history.note(reading(1_000, { a: 'free', b: 'taken', c: 'free' }));
    history.note(reading(2_000, { a: 'free', b: 'taken', c: 'taken' }));
    expect(history.toAsk(() => 0)).toEqual(['a', 'c', 'b']);
    expect(new SlotHistory().toAsk(() => 0)).toEqual([]);
  });

  it('say together: at least the oldest of them, at most the newest', () => {
    expect(agePoint(7, [])).toBeUndefined();
    expect(
      agePoint(7, [
        [100, null],
        [300, null],
      ]),
    ).toEqual([7, 300, null]);
    expect(
      agePoint(7, [
        [100, null],
        [0, 900],
        [0, 500],
      ]),
    ).toEqual([7, 100, 500]);
    // Several sources: older and newer at once.
    expect(
      agePoint(7, [
        [600, null],
        [0, 200],
      ]),
    ).toEqual([7, 600, 600]);
  });
});
