import * as fc from 'fast-check';
import { scorecardSchema } from '../../src/model/scorecard.js';

/** Steers a terminal, hides, reorders. */
const unseen =
  '\u001b[2J,\u001b]8;;https://evil.example\u0007,\r,\n,\t,\u0000,\u009b31m,\u202e,\u2066,\u200b,\u{e0041},\ufeff,\u2028,\u2029,\ud800,\u00ad,\u3164';
/** Means something in Markdown, HTML or a log. */
const marks =
  '` `` ``` * ** *** *x* **x** _x_ ~~x~~ _ ~~ | \\ < > &lt; &#64; $ [ ] ( ) ! # + - = --- 1. 2) <script> <!-- --> ]]> </td> @team #1 :smile: ![x](http://x.example) [a](javascript:alert(1)) https://evil.example/ www.evil.example a@b.example =cmd() ::error:: %0A';
const pieces = [
  ...unseen.split(','),
  ...marks.split(' '),
  ' ',
  '- ',
  '    ',
  '> ',
  '東京',
  'e\u0301',
  '😀',
  'x'.repeat(90),
];

/** What a server, a vendor or a forwarded file might put where a name is expected. */
export const hostileText = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

/** Words the schema fixes; whatever else is a string can come from somebody else's file. */
const fixed = new Set<string>();
const collect = (schema: unknown): void => {
  if (schema === null || typeof schema !== 'object') return;
  const { enum: values, const: value } = schema as { enum?: unknown[]; const?: unknown };
  for (const one of [...(values ?? []), value]) if (typeof one === 'string') fixed.add(one);
  Object.values(schema).forEach(collect);
};
collect(scorecardSchema);

/** A copy with the text in every field that is free, also as a name inside free data. */
export function poisoned<T>(value: T, text: string): T {
  if (typeof value === 'string') return (fixed.has(value) ? value : text) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => poisoned(one, text)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      // Names and digests of inputs have patterns of their own, which a copy has to fit to be read at all.
      if (key === 'inputs') return [key, one];
      const free = (key === 'data' || key === 'shows') && !Array.isArray(one);
      return [key, free ? { ...poisoned(one as object, text), [text]: text } : poisoned(one, text)];
    }),
  ) as T;
}
