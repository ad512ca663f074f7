import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../../src/model/documents/duration.js';

describe('a duration', () => {
  it.each([
    ['PT2S', 2_000],
    ['PT1.5S', 1_500],
    ['PT0.57S', 570],
    ['PT0S', 0],
    ['P1DT12H', 129_600_000],
    ['PT1M', 60_000],
    ['P1M', 2_592_000_000],
    ['P2W', 1_209_600_000],
    ['P7Y', 220_752_000_000],
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
  ])('%s is %d ms', (text, expected) => expect(parseDurationMs(text)).toBe(expected));

  it.each(['', 'P', 'PT', 'P1', '2', 's', '2 s', '-PT1S', 'PT1S ', 'P1H', 'PT1D', '2S', 'PT1,5S', '1e3s'])(
    '%j is none',
    (text) => expect(() => parseDurationMs(text)).toThrow(RangeError),
  );

  it('reads both forms alike', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seconds) => {
        expect(parseDurationMs(`${seconds}s`)).toBe(parseDurationMs(`PT${seconds}S`));
      }),
    );
  });
});
