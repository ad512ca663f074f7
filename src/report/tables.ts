import { reasonWords } from '../model/not-measured-words.js';
import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import { code, nothing, phrase, prose, type Piece, type Prose, type Table } from './phrase.js';
import {
  checkName,
  gapStateWords,
  latencyNumbers,
  numberWords,
  openPointWords,
  outcomeWords,
  outlookWords,
  percentWords,
} from './words.js';

// What several formats print as a table. Order and outcome come from the scorecard.

const said = (value: string | null): string => value ?? '–';
/** Has a column of its own, or says the same in another way. */
const inColumns =
  'n over straddling overAtMostPercent bound boundMs budget budgetMs percentile source ratePerMinute pollMs'.split(' ');

/** One row per latency entry of the contract: what was asked, what was counted, and how. */
export function latencyTable({ latency }: Scorecard): Table {
  const rows = latency.map((entry): Piece[] => {
    const { percentile, budget, over, bound, source, resolution, rate } = latencyNumbers(entry);
    const why = entry.reason === null ? '' : `: ${reasonWords[entry.reason].text}`;
    return [
      phrase`${code(entry.id)}: ${entry.from} → ${entry.to}`,
      `${outcomeWords[entry.outcome]}${why}`,
      ...[percentile, budget, bound, over, source, resolution, rate].map(said),
    ];
  });
  const head = ['from → to', 'outcome', 'percentile', 'budget', 'bound (95 %)', 'over budget', 'source', 'resolution'];
  return { head: [...head, 'rate'], rows };
}

/** Whatever else was counted for each latency entry, in their order. */
export const latencyBesides = ({ latency }: Scorecard): Prose[] =>
  latency.map(({ shows }) => prose(numberWords(shows, inColumns).join(', ')));

type Cell = Scorecard['matrix'][number];
const cellWords = { pass: 'as allowed', warn: 'as allowed, with a limit', fail: 'not as allowed' } as const;
export const siteWords = { own: 'its own', any: 'every site', other: 'another site' } as const;

/** What was seen of one cell of the permission matrix; an untested one says why. */
export const seenWords = ({ outcome, reason }: Cell): string =>
  outcome === 'pass' || outcome === 'warn' || outcome === 'fail'
    ? cellWords[outcome]
    : `untested${reason === null ? '' : `: ${reasonWords[reason].text}`}`;

export const allowedWords = ({ allow }: Cell): string => (allow === '' ? 'nothing' : allow);
export const usedByWords = ({ product }: Cell): string => (product ? 'the product' : 'people');

/** Role by site and resource type: what the contract allows and what was seen of it. */
export function permissionTable({ matrix }: Scorecard): Table {
  const rows = matrix.map((cell) => [
    cell.role,
    siteWords[cell.site],
    cell.resourceType,
    allowedWords(cell),
    usedByWords(cell),
    seenWords(cell),
  ]);
  return { head: ['role', 'site', 'resource', 'contract allows', 'used by', 'seen'], rows };
}

/** What the log held of what was sent, check by check. */
export function auditTable({ checks }: Scorecard): Table {
  const rows = checks
    .filter((check) => check.id.startsWith('audit.') && check.outcome !== 'not-applicable')
    .map((check) => {
      const counts = [...check.findings, ...check.shows].flatMap(({ data }) => numberWords(data));
      return [code(checkName(check)), outcomeWords[check.outcome], prose(counts.join(', '))];
    });
  return { head: ['check', 'outcome', 'counted'], rows };
}

const numberOf = (data: Readonly<Record<string, unknown>>, name: string): number | undefined => {
  const value = data[name];
  return typeof value === 'number' ? value : undefined;
};

/** What people did with cards in the words of the product's own log; nothing where it says nothing. */
function overriddenWords(data: Readonly<Record<string, unknown>>): string | undefined {
  const [shown, accepted, overridden] = ['shownInLog', 'acceptedInLog', 'overriddenInLog'].map((name) =>
    numberOf(data, name),
  );
  if (shown === undefined || accepted === undefined || overridden === undefined) return undefined;
  const atMost = numberOf(data, 'overriddenAtMostPercent');
  const bound = atMost === undefined ? '' : `, at most ${percentWords(atMost / 100)} (95 %)`;
  return `${overridden} of ${accepted + overridden} answered${bound}; ${shown} shown`;
}

/** How many cards each service gave, and what people make of them; undefined where no service was looked at. */
export function cardTable({ checks }: Scorecard): Table | undefined {
  const shows = checks.find(({ id }) => id === 'cds.service')?.shows ?? [];
  const rows = shows.map(({ data }): Piece[] => [
    code(typeof data['service'] === 'string' ? data['service'] : ''),
    ...['calls', 'cards', 'cardsPer100', 'limit'].map((name) => said(numberOf(data, name)?.toString() ?? null)),
    said(overriddenWords(data) ?? null),
  ]);
  const head = ['service', 'calls', 'cards', 'cards in 100 calls', 'contract allows'];
  return rows.length === 0 ? undefined : { head: [...head, 'overridden, as the vendor’s log says'], rows };
}

const groupWords = { reads: 'reads and searches', writes: 'writes', refusals: 'refusals' } as const;

/** What was sent and what the log held of it, kind by kind; undefined where no log was read. */
export function logTable({ audit }: Scorecard): Table | undefined {
  const rows = audit.groups.flatMap(({ group, kinds }) =>
    kinds.map(({ kind, expected, found }) => [groupWords[group], kind, found, expected]),
  );
  return rows.length === 0 ? undefined : { head: ['what', 'kind', 'found', 'expected'], rows };
}

/** Exchanges for the EHR team to look up in its own log, with what finds them there. */
export function lookUpTable({ audit }: Scorecard): Table | undefined {
  const rows = audit.lookUp.map(({ exchange, at, method, path, context, status, requestId, found }) => [
    code(exchange),
    at,
    code(`${method} ${path}`),
    phrase`${context}, ${status}`,
    code(requestId),
    found ? 'found' : 'not found',
  ]);
  if (rows.length === 0) return undefined;
  return { head: ['exchange', 'sent at (UTC)', 'request', 'client, answer', 'X-Request-Id', 'in the log'], rows };
}

const depthWords = { shallow: 'every step by hand', measured: 'as measured', deep: 'as the case assumes' } as const;
const wholeHundredths = (hundredths: number): string => String(Math.round(hundredths / 100));

export interface ValueBar {
  readonly depth: string;
  readonly minutes: string;
  /** In whatever the contract states labour in; null where it does not. */
  readonly cost: string | null;
  /** Of the longest bar, 0 to 1. */
  readonly share: number;
}

/** Minutes and cost a week at three depths; empty where the contract states no business case. */
export function valueBars({ value }: Scorecard): ValueBar[] {
  if (value === null) return [];
  const most = Math.max(1, ...value.bars.map((bar) => bar.weeklyMinutesHundredths));
  return value.bars.map(({ depth, weeklyMinutesHundredths, weeklyCostHundredths }) => ({
    depth: depthWords[depth],
    minutes: wholeHundredths(weeklyMinutesHundredths),
    cost: weeklyCostHundredths === null ? null : wholeHundredths(weeklyCostHundredths),
    share: weeklyMinutesHundredths / most,
  }));
}

/** What stale times may do, with the inputs; undefined where one of them was not measured. */
export const harmWords = ({ harm }: Scorecard): string | undefined => harm?.sentence;

const inputWords = {
  volumePerWeek: 'volume',
  handMinutes: 'minutes by hand',
  errorRateManual: 'share of errors',
  cleanupMinutes: 'minutes to clean up',
} as const;

/** How far the minutes not yet earned move with the numbers they stand on; undefined where there are none. */
export function sensitivityWords({ value }: Scorecard): string | undefined {
  if (value === null || value.notYetEarnedHundredths === 0) return undefined;
  const { percent, inputs } = value.sensitivity;
  const moves = inputs.map(
    ({ input, lowHundredths, highHundredths }) =>
      `${inputWords[input]} ${wholeHundredths(lowHundredths)} to ${wholeHundredths(highHundredths)}`,
  );
  return `Minutes not yet earned when one number is ${percent} % less or more than stated: ${moves.join('; ')}. Arithmetic on stated numbers, no forecast.`;
}

// 45 CFR 164.312: implementation specifications marked "(Addressable)" in the rule's own text.
const addressable = ['(a)(2)(iii)', '(a)(2)(iv)', '(c)(2)', '(e)(2)(i)', '(e)(2)(ii)'];

/** Technical safeguards a check is mapped to, with what was seen of each. */
export function safeguardTable({ checks }: Scorecard): Table | undefined {
  const mapped = checks
    .filter((check) => check.outcome !== 'not-applicable')
    .flatMap((check) =>
      check.prose.maps.flatMap((map) => {
        const paragraph = /164\.312((?:\([0-9a-z]{1,4}\))+)/.exec(map)?.[1];
        return paragraph === undefined ? [] : [{ check, map, paragraph }];
      }),
    )
    .sort((a, b) => compareCodeUnits(a.map, b.map) || compareCodeUnits(a.check.id, b.check.id));
  if (mapped.length === 0) return undefined;
  const rows = mapped.map(({ check, map, paragraph }) => [
    map,
    addressable.includes(paragraph) ? 'addressable' : 'required',
    code(checkName(check)),
    `${outcomeWords[check.outcome]}${check.grade === null ? '' : `, ${check.grade}`}`,
  ]);
  return { head: ['safeguard', 'kind', 'check', 'seen'], rows };
}

/** Open points somebody here can own, with the gap that covers each; undefined where there is none. */
export function openPointTable({ decision }: Scorecard): Table | undefined {
  const rows = decision.openPoints
    .filter(({ why, gap }) => why !== 'not-in-this-version' || gap !== null)
    .map(({ check, why, text, gap }): Piece[] => [
      code(check),
      openPointWords[why],
      prose(text),
      gap === null ? 'none' : gap.control,
      gap === null ? nothing : gap.owner,
      gap === null ? nothing : gap.until,
    ]);
  return rows.length === 0 ? undefined : { head: ['check', 'why open', 'what', 'meanwhile', 'owner', 'until'], rows };
}

/** Gaps that cover nothing, with why. */
export const idleGaps = ({ gaps }: Scorecard) =>
  gaps
    .filter(({ state }) => state !== 'used')
    .map(
      ({ check, owner, until, state }) =>
        phrase`gap for ${code(check)} (${owner}, until ${until}): ${gapStateWords[state]}`,
    );

/** What the EHR's own documents say of each need; undefined where nobody looked. */
export function outlookTable({ answers }: Scorecard): Table | undefined {
  const rows = answers.flatMap((answer) =>
    answer.outlook.map(({ need, state, source, date }) => [
      answer.title,
      prose(need),
      outlookWords[state],
      `${source ?? 'no source'}${date === null ? '' : `, ${date}`}`,
    ]),
  );
  return rows.length === 0 ? undefined : { head: ['question', 'need', 'state', 'source'], rows };
}
