/** Matches every duration `parseDurationMs` reads: ISO 8601 (`PT2S`, `P1DT12H`) or short (`2s`, `500ms`). */
export const durationPattern =
  '^(P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?|\\d+(\\.\\d+)?(ms|s|m|h|d))$';

const pattern = new RegExp(durationPattern);
const isoPart = /(\d+(?:\.\d+)?)([YMWDHS])/g;
const dayMs = 86_400_000;
const dateUnitsMs: Readonly<Record<string, number>> = { Y: 365 * dayMs, M: 30 * dayMs, W: 7 * dayMs, D: dayMs };
const timeUnitsMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000 };
const shortUnitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: dayMs };

/**
 * Milliseconds of an ISO 8601 or short duration; a year counts 365 days, a month 30.
 * Accepts exactly `durationPattern`.
 * @throws {RangeError} for any other text; documents are validated before, so a user never sees it.
 */
export function parseDurationMs(text: string): number {
  if (!pattern.test(text)) throw new RangeError('not a duration');
  if (!text.startsWith('P')) {
    const unit = /[a-z]+$/.exec(text)?.[0] ?? '';
    return roundMs(Number.parseFloat(text) * (shortUnitsMs[unit] ?? 0));
  }
  const [date = '', time = ''] = text.slice(1).split('T');
  return roundMs(sumMs(date, dateUnitsMs) + sumMs(time, timeUnitsMs));
}

function sumMs(parts: string, unitsMs: Readonly<Record<string, number>>): number {
  let totalMs = 0;
  for (const [, amount = '0', unit = ''] of parts.matchAll(isoPart)) totalMs += Number(amount) * (unitsMs[unit] ?? 0);
  return totalMs;
}

// 0.57 s must be 570, not 569.9999999999999.
function roundMs(valueMs: number): number {
  return Math.round(valueMs * 1_000) / 1_000;
}
