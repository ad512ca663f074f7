import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import { mark, markdownCode, markdownTable, type Markdown } from './escape.js';
import { reasonWords } from '../model/not-measured-words.js';
import { checkName, latencyNumbers, numberWords, outcomeWords } from './words.js';

const said = (value: string | null): Markdown => mark`${value ?? '–'}`;
/** Has a column of its own, or says the same in another way. */
const inColumns =
  'n over straddling overAtMostPercent bound boundMs budget budgetMs percentile source ratePerMinute pollMs'.split(' ');

/** One row per latency entry of the contract: what was asked, what was counted, and how. */
export function latencyTable({ latency }: Scorecard): Markdown {
  const rows = latency.map((entry) => {
    const { percentile, budget, over, bound, source, resolution, rate } = latencyNumbers(entry);
    const why = entry.reason === null ? '' : `: ${reasonWords[entry.reason].text}`;
    return [
      mark`${markdownCode(entry.id)}: ${entry.from} → ${entry.to}`,
      mark`${outcomeWords[entry.outcome]}${why}`,
      ...[percentile, budget, bound, over, source, resolution, rate].map(said),
      mark`${numberWords(entry.shows, inColumns).join(', ')}`,
    ];
  });
  const head = ['from → to', 'outcome', 'percentile', 'budget', 'bound (95 %)', 'over budget', 'source', 'resolution'];
  return markdownTable([...head, 'rate', 'besides'], rows);
}

const cellWords = { pass: 'as allowed', warn: 'as allowed, with a limit', fail: 'not as allowed' } as const;
const siteWords = { own: 'its own', any: 'every site', other: 'another site' } as const;

/** Role by site and resource type: what the contract allows and what was seen of it; an untested cell says why. */
export function permissionTable({ matrix }: Scorecard): Markdown {
  const rows = matrix.map((cell) => {
    const seen =
      cell.outcome === 'pass' || cell.outcome === 'warn' || cell.outcome === 'fail'
        ? cellWords[cell.outcome]
        : `untested${cell.reason === null ? '' : `: ${reasonWords[cell.reason].text}`}`;
    return [
      mark`${cell.role}`,
      mark`${siteWords[cell.site]}`,
      mark`${cell.resourceType}`,
      mark`${cell.allow === '' ? 'nothing' : cell.allow}`,
      mark`${cell.product ? 'the product' : 'people'}`,
      mark`${seen}`,
    ];
  });
  return markdownTable(['role', 'site', 'resource', 'contract allows', 'used by', 'seen'], rows);
}

/** What the log held of what was sent, check by check. */
export function auditTable({ checks }: Scorecard): Markdown {
  const rows = checks
    .filter((check) => check.id.startsWith('audit.') && check.outcome !== 'not-applicable')
    .map((check) => {
      const said = [...check.findings, ...check.shows];
      return [
        markdownCode(checkName(check)),
        mark`${outcomeWords[check.outcome]}`,
        mark`${said.flatMap(({ data }) => numberWords(data)).join(', ')}`,
      ];
    });
  return markdownTable(['check', 'outcome', 'counted'], rows);
}

const groupWords = { reads: 'reads and searches', writes: 'writes', refusals: 'refusals' } as const;

/** What was sent and what the log held of it, kind by kind; undefined where no log was read. */
export function logTable({ audit }: Scorecard): Markdown | undefined {
  const rows = audit.groups.flatMap(({ group, kinds }) =>
    kinds.map(({ kind, expected, found }) => [
      mark`${groupWords[group]}`,
      mark`${kind}`,
      mark`${found}`,
      mark`${expected}`,
    ]),
  );
  return rows.length === 0 ? undefined : markdownTable(['what', 'kind', 'found', 'expected'], rows);
}

/** Exchanges for the EHR team to look up in its own log, with what finds them there. */
export function lookUpTable({ audit }: Scorecard): Markdown | undefined {
  const rows = audit.lookUp.map(({ exchange, at, method, path, context, status, requestId, found }) => [
    markdownCode(exchange),
    mark`${at}`,
    markdownCode(`${method} ${path}`),
    mark`${context}, ${status}`,
    markdownCode(requestId),
    mark`${found ? 'found' : 'not found'}`,
  ]);
  if (rows.length === 0) return undefined;
  return markdownTable(['exchange', 'sent at (UTC)', 'request', 'client, answer', 'X-Request-Id', 'in the log'], rows);
}

const depthWords = { shallow: 'every step by hand', measured: 'as measured', deep: 'as the case assumes' } as const;
const barCharacters = 20;
const wholeHundredths = (hundredths: number): string => String(Math.round(hundredths / 100));

/** Minutes and cost a week at three depths; undefined where the contract states no business case. */
export function valueTable({ value }: Scorecard): Markdown | undefined {
  if (value === null) return undefined;
  const most = Math.max(1, ...value.bars.map((bar) => bar.weeklyMinutesHundredths));
  const rows = value.bars.map(({ depth, weeklyMinutesHundredths, weeklyCostHundredths }) => [
    mark`${depthWords[depth]}`,
    mark`${wholeHundredths(weeklyMinutesHundredths)}`,
    said(weeklyCostHundredths === null ? null : wholeHundredths(weeklyCostHundredths)),
    mark`${'\u2588'.repeat(Math.round((barCharacters * weeklyMinutesHundredths) / most))}`,
  ]);
  return markdownTable(['depth', 'minutes a week', 'cost a week', ''], rows);
}

// 45 CFR 164.312: implementation specifications marked "(Addressable)" in the rule's own text.
const addressable = ['(a)(2)(iii)', '(a)(2)(iv)', '(c)(2)', '(e)(2)(i)', '(e)(2)(ii)'];

/** Technical safeguards a check is mapped to, with what was seen of each. */
export function safeguardTable({ checks }: Scorecard): Markdown | undefined {
  const rows = checks
    .filter((check) => check.outcome !== 'not-applicable')
    .flatMap((check) =>
      check.prose.maps.flatMap((map) => {
        const paragraph = /164\.312((?:\([0-9a-z]{1,4}\))+)/.exec(map)?.[1];
        return paragraph === undefined ? [] : [{ check, map, paragraph }];
      }),
    )
    .sort((a, b) => compareCodeUnits(a.map, b.map) || compareCodeUnits(a.check.id, b.check.id));
  if (rows.length === 0) return undefined;
  return markdownTable(
    ['safeguard', 'kind', 'check', 'seen'],
    rows.map(({ check, map, paragraph }) => [
      mark`${map}`,
      mark`${addressable.includes(paragraph) ? 'addressable' : 'required'}`,
      markdownCode(checkName(check)),
      mark`${outcomeWords[check.outcome]}${check.grade === null ? mark`` : mark`, ${check.grade}`}`,
    ]),
  );
}
