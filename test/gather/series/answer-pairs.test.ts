import { describe, expect, it } from 'vitest';
import { AnswerPairs, ageOfAnswer } from '../../../src/gather/series/answer-pairs.js';
import type { SlotSighting } from '../../../src/gather/series/measured-search.js';

const look = (state: SlotSighting['state'], sentAtMs: number, receivedAtMs = sentAtMs + 10): SlotSighting => ({
  state,
  sentAtMs,
  receivedAtMs,
});
const change = { earliestMs: 1_000, latestMs: 1_040 };

describe('an answer beside a reading', () => {
  it('counts where both are of the same second', () => {
    const pairs = new AnswerPairs('active');
    pairs.note(look('taken', 1_100), look('taken', 1_050), ageOfAnswer(look('taken', 1_100), change));
    pairs.note(look('taken', 1_100), look('taken', 2_090), ageOfAnswer(look('taken', 1_100), change));
    expect(pairs.readings()).toEqual({ source: 'active', compared: 2, offers: 0, differing: [], undecided: 0 });
  });

  it('is left out where they are further apart, or where one of them says neither', () => {
    const pairs = new AnswerPairs('active');
    pairs.note(look('free', 1_100), look('taken', 2_091), ageOfAnswer(look('free', 1_100), change));
    pairs.note(look(undefined, 1_100), look('taken', 1_050), ageOfAnswer(look(undefined, 1_100), change));
    pairs.note(look('free', 1_100), look(undefined, 1_050), ageOfAnswer(look('free', 1_100), change));
    pairs.leaveOut();
    expect(pairs.readings()).toEqual({ source: 'active', compared: 0, offers: 0, differing: [], undecided: 4 });
  });

  it('that differs is behind by the time since the change, at least and at most', () => {
    const pairs = new AnswerPairs('observed');
    pairs.note(look('free', 1_540, 1_560), look('taken', 1_530), ageOfAnswer(look('free', 1_540, 1_560), change));
    pairs.note(
      look('taken', 9_040),
      look('free', 9_045),
      ageOfAnswer(look('taken', 9_040), { earliestMs: null, latestMs: 1_040 }),
    );
    expect(pairs.readings().differing).toEqual([
      { offered: true, ageMs: [500, 560] },
      { offered: false, ageMs: [8_000, null] },
    ]);
  });
});
