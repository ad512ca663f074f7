import { compareCodeUnits } from './order.js';
import type { Scorecard } from './scorecard.js';

/** A copy with the keys of every object in code-unit order and no lone surrogate in any text. */
function sorted(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compareCodeUnits(a, b))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '\u2028': '\\u2028', '\u2029': '\\u2029' };

/** The bytes of scorecard.json: the same for the same scorecard on every machine, safe inside a script element. */
export const scorecardJson = (scorecard: Scorecard): string =>
  `${JSON.stringify(sorted(scorecard), null, 2).replace(/[<\u2028\u2029]/g, (character) => escapes[character]!)}\n`;
