import { compareCodeUnits } from '../model/order.js';
import type { AskedParty, Remedy, RemedyOwner } from '../model/check.js';
import type { BlockerClass, Grade, Holder, Outcome, Severity } from '../model/outcome.js';
import type { Answer, CheckEntry, OpenPoint, Scorecard } from '../model/scorecard.js';

export const ownerWords: Readonly<Record<RemedyOwner, string>> = {
  vendor: 'vendor',
  'ehr-team': 'EHR team',
  'ehr-vendor': 'EHR vendor',
  'clinical-owner': 'clinical owner',
  'product-owner': 'product owner',
  security: 'security',
  privacy: 'privacy',
  operator: 'whoever runs this tool',
};

/** Whom a question is for. */
export const partyWords: Readonly<Record<AskedParty, string>> = {
  vendor: 'the vendor',
  'ehr-team': 'the EHR team',
  'ehr-vendor': 'the EHR vendor',
  'clinical-owner': 'the clinical owner',
  privacy: 'the privacy officer',
  security: 'the security team',
};

export const classWords: Readonly<Record<BlockerClass, string>> = {
  product: 'product',
  contract: 'contract',
  auth: 'authentication',
  'ehr-configuration': 'EHR configuration',
  'ehr-capability': 'EHR capability',
  'vendor-integration': 'vendor integration',
};

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: 'shown',
  warn: 'shown with a limit',
  fail: 'failed',
  'not-measured': 'not shown',
  'not-applicable': 'does not apply',
  error: 'a fault of this tool',
};

export const holderWords: Readonly<Record<Holder, string>> = {
  ehr: 'the EHR',
  product: 'the product',
  person: 'a person',
};

export const severityWords: Readonly<Record<Severity, string>> = {
  blocker: 'blocker',
  major: 'major',
  minor: 'minor',
};

export const effortWords: Readonly<Record<Remedy['effort'], string>> = {
  low: 'little effort',
  medium: 'some effort',
  high: 'much effort',
};

export const openPointWords: Readonly<Record<OpenPoint['why'], string>> = {
  'blocker-not-settled': 'a blocker nobody has settled',
  'major-not-measured': 'not measured',
  'major-failed': 'failed',
  answer: 'keeps an answer from Yes',
  'not-in-this-version': 'cannot be looked at by this version',
  policy: 'asked by the policy',
};

export const gapStateWords: Readonly<Record<Scorecard['gaps'][number]['state'], string>> = {
  used: 'in use',
  unused: 'unused',
  expired: 'expired',
  'too-long': 'runs for more than 180 days, does not count',
  incomplete: 'no owner or no control, does not count',
  'does-not-apply-to-a-failed-blocker': 'does not apply to a failed blocker',
  'does-not-apply-to-an-answer-no': 'does not apply to an answer No',
};

export const outlookWords: Readonly<Record<Answer['outlook'][number]['state'], string>> = {
  documented: 'documented',
  'documented-absent': 'documented absent',
  unknown: 'unknown',
};

/** "Yes, measured" */
export const answerWords = ({ words, grade }: { readonly words: string; readonly grade: Grade | null }): string =>
  grade === null ? words : `${words}, ${grade}`;

/** `scope.role[product]` where the policy narrows a check to some of its subjects. */
export const checkName = ({ id, part }: Pick<CheckEntry, 'id' | 'part'>): string =>
  part === null || part === 'entry' ? id : `${id}[${part}]`;

/** "1,173" */
export const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** "1 check", "1,173 requests" */
export const counted = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

/** "a", "a and b", "a, b and c" */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

const rounded = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** "2026-11-20, 14:00 UTC" of an ISO 8601 instant; anything else as it stands. */
export const instantWords = (text: string): string => {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?Z$/.exec(text) ?? [];
  return day === undefined || minute === undefined ? text : `${day}, ${minute} UTC`;
};

/** In the unit a reader uses: 850 ms, 1.9 s, 90 s, 3 min, 2 h, 30 days. */
export function durationWords(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 1) return `${rounded(durationMs, 0)} ms`;
  if (seconds < 120) return `${rounded(seconds, seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7_200) return `${rounded(seconds / 60, 1)} min`;
  if (seconds < 172_800) return `${rounded(seconds / 3_600, 1)} h`;
  return `${rounded(seconds / 86_400, 1)} days`;
}

/** No decimals from 10 % up, one below. */
export const percentWords = (share: number): string => `${rounded(share * 100, share < 0.1 ? 1 : 0)} %`;

const spaced = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueWords(name: string, value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (name.endsWith('Ms')) return durationWords(value);
    if (name.endsWith('Share')) return percentWords(value);
    return name.endsWith('Percent') ? percentWords(value / 100) : rounded(value, 3);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  // An interval or a few samples; `?` where an end was not seen.
  const parts = value.slice(0, 5).map((part: unknown) => (part === null ? '?' : valueWords(name, part)));
  return value.length === 0 || parts.includes(undefined)
    ? undefined
    : parts.join(name.endsWith('Ms') && value.length === 2 ? ' to ' : ', ');
}

/**
 * Numbers a check shows, as "name value", what was counted first, then by name: durations (`…Ms`) and shares (`…Share`, `…Percent`) in a
 * reader's unit, and what was found or matched beside what was expected as "k of n".
 */
export function numberWords(data: Readonly<Record<string, unknown>>, leaveOut: readonly string[] = []): string[] {
  const first = (name: string): number => Number(name !== 'found' && name !== 'matched' && name !== 'n');
  const names = Object.keys(data)
    .filter((name) => !leaveOut.includes(name))
    .sort((a, b) => first(a) - first(b) || compareCodeUnits(a, b));
  const { expected } = data;
  const pairs = names.filter((name) => expected !== undefined && (name === 'found' || name === 'matched'));
  return names.flatMap((name) => {
    if (pairs.includes(name)) return [`${String(data[name])} of ${String(expected)} ${name}`];
    if (name === 'expected' && pairs.length > 0) return [];
    const shown = valueWords(name, data[name]);
    if (name === 'n' && shown !== undefined) return [`n=${shown}`];
    return shown === undefined ? [] : [`${spaced(name.replace(/(?:Ms|Share|Percent)$/, ''))} ${shown}`];
  });
}

type LatencyEntry = Scorecard['latency'][number];
const numberIn = (data: Readonly<Record<string, unknown>>, name: string): number | null => {
  const value = data[name];
  return typeof value === 'number' ? value : null;
};
const whole = (value: number | null, words: (value: number) => string): string | null =>
  value === null ? null : words(value);

/** The parts of a latency entry a reader compares, as words; null where the check did not state one. */
export function latencyNumbers({
  shows,
  percentile,
  budgetMs,
}: LatencyEntry): Readonly<
  Record<'percentile' | 'budget' | 'n' | 'over' | 'bound' | 'source' | 'resolution' | 'rate', string | null>
> {
  const n = numberIn(shows, 'n');
  const over = numberIn(shows, 'over');
  const missed = over === null ? null : over + (numberIn(shows, 'straddling') ?? 0);
  const atMost = whole(
    numberIn(shows, 'overAtMostPercent'),
    (value) => `, at most ${percentWords(value / 100)} (95 %)`,
  );
  return {
    percentile: percentile === null ? null : `p${percentile}`,
    budget: whole(budgetMs, durationWords),
    n: whole(n, String),
    over: n === null || missed === null ? null : `${missed} of ${n}${atMost ?? ''}`,
    bound: whole(numberIn(shows, 'boundMs'), (value) => `≤ ${durationWords(value)}`),
    source: typeof shows['source'] === 'string' ? shows['source'] : null,
    // Without a poll the answer itself was timed.
    resolution: whole(numberIn(shows, 'pollMs') || null, durationWords),
    rate: whole(numberIn(shows, 'ratePerMinute'), (value) => `${rounded(value, 1)} a minute`),
  };
}

/** "p95 ≤ 1.9 s of 60 s, n=69"; undefined while nothing was counted. */
export function latencyWords(entry: LatencyEntry): string | undefined {
  const { percentile, budget, bound, n } = latencyNumbers(entry);
  if (n === null) return undefined;
  const time = [percentile ?? 'time', ...(bound === null ? [] : [bound])].join(' ');
  return `${time}${budget === null ? '' : ` of ${budget}`}, n=${n}`;
}

/** First line of every format whose scorecard was not recomputed. */
export const unverifiedWords = 'unverified copy: read from scorecard.json alone, without the evidence';
