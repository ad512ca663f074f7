import * as fc from 'fast-check';

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
