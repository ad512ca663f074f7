import pilotMetrics from '../../../checks/value/pilot-metrics.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Metric = FactValue<'pilot-metrics'>[number];
const success: NonNullable<Contract['success']> = [
  { id: 'touchless', kind: 'adoption', target: 0.6, reviewEvery: 'P1W' },
  { id: 'staff-minutes', kind: 'staff-time', target: 2, reviewEvery: 'P1M' },
  { id: 'double-bookings', kind: 'quality', target: 0 },
];
const counted = (metric: string, baseline: number, latest: number, more: Partial<Metric> = {}): Metric => ({
  metric,
  baseline,
  latest,
  source: 'https://clinic.example/week-6',
  date: '2026-11-16',
  ...more,
});
const values = [counted('touchless', 0, 0.6), counted('staff-minutes', 7, 2), counted('double-bookings', 0, 0)];
const of = (changed: Metric | undefined, contract: Partial<Contract> = { success }) =>
  runCase(
    {
      'pilot-metrics': changed === undefined ? values : values.map((m) => (m.metric === changed.metric ? changed : m)),
    },
    contract,
  );

testCheck(pilotMetrics, {
  pass: {
    'every metric at its target': of(undefined),
    'fewer minutes than asked': of(counted('staff-minutes', 7, 1)),
    'seven days old, reviewed every week': of(counted('touchless', 0, 0.7, { date: '2026-11-13' })),
  },
  warn: {
    'less used than asked': of(counted('touchless', 0, 0.41)),
    'more minutes than asked': of(counted('staff-minutes', 7, 3)),
    'left where it was': of(counted('double-bookings', 0, 1)),
    'eight days old, reviewed every week': of(counted('touchless', 0, 0.6, { date: '2026-11-12' })),
  },
  notMeasured: {
    'no metric in the contract': of(undefined, {}),
    'staff time is not measured': of(undefined, { success: success.slice(0, 1) }),
    'without a target': of(undefined, { success: [...success, { id: 'cost', kind: 'cost' }] }),
    'nobody counted': runCase({ 'pilot-metrics': values.slice(1) }, { success }),
    'nothing from before': of(counted('touchless', 0, 0.6, { baseline: null })),
    'no source': of(counted('touchless', 0, 0.6, { source: null })),
    'no date': of(counted('touchless', 0, 0.6, { date: null })),
  },
});
