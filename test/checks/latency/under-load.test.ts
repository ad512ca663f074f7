import underLoad from '../../../checks/latency/under-load.js';
import type { FactValue } from '../../../src/model/fact.js';
import type { LatencySeries, Sample } from '../../../src/model/latency-series.js';
import { oneLook } from '../../../src/model/shares.js';
import { testCheck } from '../../support/test-check.js';
import { fast, mixed, series, slow, unanswered } from './series-cases.js';

type Load = FactValue<'peak-load'>;

const busy = { trigger: { id: 'call', kind: 'external', peakRate: { perMinute: 12 } }, channel: undefined };
const calm = { trigger: { id: 'call', kind: 'external' }, channel: undefined };
const entry = { entry: 'call-to-visit', percentile: 95, budgetMs: 60_000, maxErrorShare: 0.05 };

/** Ten minutes at 12 a minute, and one look at what there is. */
const loaded = (
  samples: readonly Sample[],
  different: Partial<LatencySeries> = {},
  asked: Partial<typeof entry> = {},
) => {
  const looks = [oneLook(samples.length, asked.percentile ?? entry.percentile)];
  return { ...entry, ...asked, series: series(samples, { looks, ratePerMinute: 12, simulator: false, ...different }) };
};
const of = (...entries: Load['entries']) => ({
  facts: { 'peak-load': { ratePerMinute: 12, forMs: 600_000, entries } },
  subject: { item: busy, id: 'trigger:call' },
});
const growing = Array.from({ length: 120 }, (_, index): Sample => [100 + 10 * index, 110 + 10 * index]);
const recovering = growing.toReversed();

testCheck(underLoad, {
  pass: {
    'all in time, on one occasion': of(loaded(mixed(120, fast))),
    'one late': of(loaded(mixed(120, fast, slow, 119))),
    'it gets quicker': of(loaded(recovering)),
    'two entries of one trigger': of(loaded(mixed(120, fast)), loaded(mixed(120, fast), {}, { percentile: 90 })),
  },
  warn: {
    'in time, but growing': of(loaded(growing)),
    'one of two entries grows': of(loaded(mixed(120, fast)), loaded(growing)),
    'twenty carry a smaller percentile': of(loaded(mixed(20, fast))),
    'neither bound settles': of(loaded(mixed(120, fast, slow, 20))),
  },
  fail: {
    'every third too late': of(loaded(mixed(120, fast, slow, 3))),
    'the second half has no answer': of(loaded([...mixed(60, fast), ...mixed(60, unanswered)])),
    'one in four has none, and the median was asked': of(
      loaded(mixed(120, fast, unanswered, 4), {}, { percentile: 50 }),
    ),
  },
  notMeasured: {
    'four samples': of(loaded(mixed(4, fast))),
    'looked for too seldom': of(loaded(mixed(120, [0, 90_000]))),
    'our own machine stood still': of(loaded(mixed(120, [0, 90_000]), { late: 120 })),
    'our own pace': of(loaded(mixed(120, fast), { limited: 5 })),
    'the limits do not hold it': {
      facts: { 'peak-load': { missing: 'cap', detail: 'limits.requestsPerSecond is 3' } },
      subject: { item: busy, id: 'trigger:call' },
    },
  },
  notApplicable: {
    'nobody says how many come at once': {
      ...of(loaded(mixed(120, fast))),
      subject: { item: calm, id: 'trigger:call' },
    },
  },
});
