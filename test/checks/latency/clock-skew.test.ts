import clockSkew from '../../../checks/latency/clock-skew.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Row = FactValue<'clock-offsets'>[number];
const row = (atLeastMs: number | null, atMostMs: number | null, more: Partial<Row> = {}): Row => ({
  system: 'ehr',
  source: 'date',
  readings: 200,
  atLeastMs,
  atMostMs,
  ...more,
});
const of = (...rows: Row[]) => ({ 'clock-offsets': rows });
const good = row(-20, 60);

testCheck(clockSkew, {
  pass: {
    'one clock': of(good),
    'exactly a second': of(row(0, 1_000)),
    'nodes within a second of each other': of(row(700, -200)),
    'too few answers of the authorization server say nothing': of(
      good,
      row(-9_000, 9_000, { system: 'authorization-server', readings: 3 }),
    ),
    'a notice that lay': of(good, row(-40_000, null, { source: 'notice', readings: 2 })),
  },
  warn: {
    'three seconds ahead': of(row(2_900, 3_050)),
    'three seconds behind': of(row(-3_050, -2_900)),
    'five seconds': of(row(5_000, 5_400)),
    'the interval straddles a second': of(row(800, 1_300)),
    'new records two seconds ahead': of(good, row(2_000, 2_030, { source: 'record', readings: 3 })),
  },
  fail: {
    'twenty minutes ahead': of(row(1_199_900, 1_200_020)),
    'six seconds behind': of(row(-6_200, -6_001)),
    'a notice of the future': of(good, row(6_000, null, { source: 'notice', readings: 1 })),
    'the AI system': of(good, row(7_000, 7_200, { system: 'ai-system', readings: 20 })),
    'messages of an engine': of(good, row(-60_500, -60_000, { source: 'message', readings: 4 })),
  },
  notMeasured: {
    'nineteen answers': of(row(-20, 60, { readings: 19 })),
    'no Date at all': of(),
    'two nodes 1.5 s apart': of(row(1_480, 20)),
  },
});
