import { defineCheck } from '../../src/check.js';
import { loadMessages, loadVerdict } from '../../src/model/latency-judgement.js';
import { durationWords, judgeSeries, noAnswerAfterBudgets } from '../../src/model/latency-series.js';
import { thirdsOf, trendOf } from '../../src/model/trend.js';

const wordsOf = (milliseconds: number): string =>
  Number.isFinite(milliseconds) ? durationWords(milliseconds) : 'no answer';

export default defineCheck({
  id: 'latency.under-load',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'It keeps its times on the busiest hour of the week',
  failureTitle: 'It is too slow when everybody wants it at once',
  plain: 'On Monday at eight it is as quick as on any other day.',
  why: 'What works for one patient may queue for thirty: the queue grows, and the answers come when nobody waits for them any more.',
  sends:
    'Where the policy asks for it, off production only: the contract’s event at its peak rate for at least ten minutes, at times drawn beforehand, whatever becomes of the answers. Each result is looked for as staff would, and taken back.',
  ask: {
    of: 'vendor',
    text: 'Show us, for ten minutes at our peak rate in a test system, the time of each event and of what it led to, one line each in their order.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'high',
      text: 'Find what is done one after the other; work on several at once, and refuse early what cannot be done in time.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Do not look up for each event what is the same for all of them, and drop events that are told twice.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'If the requests of the product are answered slowly only then, agree on a higher limit, or look at the index behind its searches.',
    },
  ],
  references: ['https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm', 'https://doi.org/10.2307/1907187'],
  writes: 'all',
  subjects: 'trigger',
  when: ({ item: { trigger } }) => trigger.peakRate !== undefined,
  ifNone: 'not-applicable',
  reads: ['peak-load'],
  messages: {
    ...loadMessages,
    growing: {
      kind: 'limit',
      text: 'p{percentile} is at most {bound} of {budget} at {ratePerMinute} a minute, but the times grow: half of the first third took up to {firstThird}, of the last third {lastThird}.',
    },
  },
  evaluate: ({ 'peak-load': { ratePerMinute, entries } }, say) =>
    entries.map(({ entry, percentile, budgetMs, maxErrorShare, series: seen }) => {
      const unanswered = seen.samples.filter(
        ([lowerMs, upperMs]) => upperMs === null && lowerMs >= noAnswerAfterBudgets * budgetMs,
      );
      const series = { ...seen, errors: unanswered.length };
      const { firstMs, lastMs } = thirdsOf(series.samples);
      const { z, rises } = trendOf(series.samples);
      const boundOf = (asked: number): number | null =>
        judgeSeries(series, { percentile: asked, budgetMs }).data.boundMs;
      const shown = {
        entry,
        p95AtMostMs: boundOf(95),
        p99AtMostMs: boundOf(99),
        firstThird: wordsOf(firstMs),
        lastThird: wordsOf(lastMs),
        trend: Math.round(z * 100) / 100,
      };
      const demand = { percentile, budgetMs, ...(maxErrorShare === null ? {} : { maxErrorShare }) };
      const verdict = loadVerdict(say, series, demand, shown);
      if (verdict.outcome !== 'pass' || !rises) return verdict;
      return say.warn('growing', { bound: '', budget: '', percentile, ...verdict.data, ...shown, ratePerMinute });
    }),
});
