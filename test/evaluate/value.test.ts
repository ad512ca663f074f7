import { describe, expect, it } from 'vitest';
import type { AnswerCore } from '../../src/evaluate/answers.js';
import type { Row } from '../../src/evaluate/rows.js';
import { valueOf } from '../../src/evaluate/value.js';
import type { Contract } from '../../src/model/documents/contract.js';

const startedAt = '2026-11-20T08:00:00.000Z';
const stated: NonNullable<Contract['value']> = {
  volumePerWeek: 100,
  steps: [
    { name: 'take request', where: 'product', manualMinutes: 4, deepMinutes: 1 },
    { name: 'enter booking', where: 'ehr', manualMinutes: 2, deepMinutes: 0 },
  ],
  errorRateManual: 0.1,
  cleanupMinutes: 10,
  labourCostPerHour: 30,
  assumedDepth: 'write-back',
  baselineSource: { link: 'https://clinic.example/baseline', expires: '2027-01-01' },
};
const row = (check: string, settled: boolean) =>
  ({ check, settled, outcome: settled ? 'pass' : 'fail', part: null }) as unknown as Row;
const answer = (question: AnswerCore['question'], rows: readonly Row[]) =>
  ({ question, deciding: rows, supporting: [] }) as unknown as AnswerCore;
const valued = (value: Contract['value'], read: boolean, write: boolean, actions?: Contract['actions']) => {
  const [reading, writing] = [row('read.interactions', read), row('write.create', write)];
  const contract: Contract = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'WorkflowContract',
    metadata: { id: 'bot' },
    ...(value === undefined ? {} : { value }),
    ...(actions === undefined ? {} : { actions }),
  };
  return valueOf(contract, [reading, writing], [answer('read', [reading]), answer('write', [writing])], startedAt);
};

describe('the value of depth', () => {
  it('is nothing while nobody states volume and steps', () => {
    expect(valued(undefined, true, true)).toBeNull();
    expect(valued({ ...stated, steps: [] }, true, true)).toBeNull();
  });

  it('is minutes and cost at three depths', () => {
    // By hand 100 × (6 + 0.1 × 10) minutes, deep 100 × 1; 30 an hour.
    expect(valued(stated, true, true)).toMatchObject({
      bars: [
        { depth: 'shallow', weeklyMinutesHundredths: 70_000, weeklyCostHundredths: 35_000 },
        { depth: 'measured', weeklyMinutesHundredths: 10_000, weeklyCostHundredths: 5_000 },
        { depth: 'deep', weeklyMinutesHundredths: 10_000, weeklyCostHundredths: 5_000 },
      ],
      notYetEarnedHundredths: 0,
      mostCostly: null,
      assumedDepth: 'write-back',
    });
  });

  it('counts a step as handwork while what it stands on is not settled', () => {
    // The booking is typed: 100 × (1 + 2) minutes and its errors are cleaned up.
    expect(valued(stated, true, false)).toMatchObject({
      notYetEarnedHundredths: 30_000,
      mostCostly: { check: 'write.create', minutesHundredths: 20_000 },
    });
  });

  it('counts every step outside the product as handwork where the contract only suggests', () => {
    const suggests = [{ id: 'book', kind: 'suggest' as const }];
    // Nothing decides the writing of a contract that writes nothing: 100 × (1 + 2 + 0.1 × 10) minutes are left.
    expect(valued(stated, true, true, suggests)?.bars[1]).toMatchObject({ weeklyMinutesHundredths: 40_000 });
    const writes = [...suggests, { id: 'cancel', kind: 'commit' as const }];
    expect(valued(stated, true, true, writes)?.bars[1]).toMatchObject({ weeklyMinutesHundredths: 10_000 });
  });

  it('moves with its inputs, by more where nobody has counted them', () => {
    expect(valued(stated, true, false)?.sensitivity).toMatchObject({
      percent: 20,
      inputs: [
        { input: 'volumePerWeek', lowHundredths: 24_000, highHundredths: 36_000 },
        { input: 'handMinutes', lowHundredths: 26_000, highHundredths: 34_000 },
        { input: 'errorRateManual', lowHundredths: 28_000, highHundredths: 32_000 },
        { input: 'cleanupMinutes', lowHundredths: 28_000, highHundredths: 32_000 },
      ],
    });
    const { baselineSource: _none, ...unsourced } = stated;
    const guessed = valued(unsourced, true, false);
    expect(guessed).toMatchObject({ assumption: true, sensitivity: { percent: 50 } });
    expect(guessed?.inputs.map(({ grade }) => grade)).toEqual(Array(4).fill('assumption'));
    const old = { ...stated, baselineSource: { link: 'https://clinic.example/baseline', expires: '2026-11-19' } };
    expect(valued(old, true, false)?.assumption).toBe(true);
  });

  it('has no cost where nobody states what an hour costs', () => {
    const { labourCostPerHour: _none, ...free } = stated;
    expect(valued(free, true, true)?.bars.map(({ weeklyCostHundredths }) => weeklyCostHundredths)).toEqual([
      null,
      null,
      null,
    ]);
  });
});
