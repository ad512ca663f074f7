import sourceAge from '../../../checks/freshness/source-age.js';
import type { LatencySeries } from '../../../src/model/latency-series.js';
import { testCheck } from '../../support/test-check.js';
import { casesFor, good, mixed, series, unanswered } from '../latency/series-cases.js';

const item = { id: 'slot', type: 'Slot', freshness: { maxAge: 'PT60S', mode: 'live' } };
const both = (ehr: LatencySeries, aiSystem: LatencySeries | null = ehr) => ({ 'source-age': { ehr, aiSystem } });
const withoutErrors = Object.fromEntries(
  Object.entries(casesFor('fail', both, item)).filter(([name]) => !name.startsWith('too many')),
);

testCheck(sourceAge, {
  pass: casesFor('pass', both, item),
  warn: {
    ...casesFor('warn', both, item),
    'the AI system cannot be asked': { facts: both(good, null), subject: { item } },
  },
  fail: {
    ...withoutErrors,
    'the EHR is fresh, the AI system reads out a copy': {
      facts: both(good, series(mixed(30, unanswered))),
      subject: { item },
    },
  },
  notMeasured: casesFor('notMeasured', both, item),
  notApplicable: {
    'bulk data': {
      facts: both(good),
      subject: { item: { ...item, freshness: { maxAge: 'PT24H', mode: 'bulk' } } },
    },
    'no age agreed': { facts: both(good), subject: { item: { id: 'slot', type: 'Slot' } } },
  },
});
