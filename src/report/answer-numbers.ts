import type { Answer, CheckEntry, Scorecard } from '../model/scorecard.js';
import { latencyWords, outcomeWords, counted } from './words.js';

type LatencyEntry = Scorecard['latency'][number];

/** Worst first, then what starts with an event of the EHR: that is the time a buyer asks for. */
const byNews = (a: LatencyEntry, b: LatencyEntry): number =>
  Number(b.outcome === 'fail') - Number(a.outcome === 'fail') ||
  Number(b.from === 'ehr-event') - Number(a.from === 'ehr-event');

function latencyKey({ latency }: Scorecard): string[] {
  const counts = latency.flatMap((entry) => {
    const words = latencyWords(entry);
    return words === undefined ? [] : [{ entry, words }];
  });
  const [first, ...rest] = counts.sort((a, b) => byNews(a.entry, b.entry));
  if (first === undefined) return [];
  const same = rest.filter(({ entry }) => entry.outcome === first.entry.outcome).length;
  const others = same === 0 ? [] : [`${counted(same, 'other budget')} ${outcomeWords[first.entry.outcome]}`];
  return [first.words, ...others];
}

const logged = { 'audit.reads-logged': 'reads and searches', 'audit.writes-logged': 'writes' } as const;

function loggedShare({ id, findings, shows }: CheckEntry): string[] {
  const what = Object.entries(logged).find(([check]) => check === id)?.[1];
  const data = (findings[0] ?? shows[0])?.data;
  if (what === undefined || typeof data?.['found'] !== 'number' || typeof data['expected'] !== 'number') return [];
  return [`${data['found']}/${data['expected']} ${what}`];
}

function cellsKey({ matrix }: Scorecard): string[] {
  const judged = matrix.filter(({ outcome }) => outcome === 'pass' || outcome === 'warn' || outcome === 'fail');
  const allowed = judged.filter(({ outcome }) => outcome !== 'fail').length;
  const untested = matrix.length - judged.length;
  if (judged.length === 0) return [];
  return [`${allowed}/${judged.length} permissions as allowed${untested === 0 ? '' : `, ${untested} untested`}`];
}

/** What was counted for an answer, the number a reader looks for first; empty where nothing was counted. */
export function keyNumbers({ question }: Answer, scorecard: Scorecard): string[] {
  if (question === 'latency') return latencyKey(scorecard);
  if (question === 'audit') return scorecard.checks.flatMap(loggedShare);
  return question === 'permissions' ? cellsKey(scorecard) : [];
}

/** "6/6 deciding, 1/4 supporting": how many of the checks behind an answer were made. */
export function coverageWords({ coverage: { deciding, supporting } }: Answer): string {
  const of = ({ measured, total }: { measured: number; total: number }, kind: string): string[] =>
    total === 0 ? [] : [`${measured}/${total} ${kind}`];
  return [...of(deciding, 'deciding'), ...of(supporting, 'supporting')].join(', ');
}
