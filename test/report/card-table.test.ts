import { expect, it } from 'vitest';
import type { CheckEntry, Scorecard } from '../../src/model/scorecard.js';
import { renderHtml } from '../../src/report/html/page.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { cardTable } from '../../src/report/tables.js';
import { goOnSimulator } from './literal-scorecards.js';

const [any] = goOnSimulator.checks;
const withCards = (...data: readonly Record<string, unknown>[]): Scorecard => {
  if (any === undefined) throw new Error('the literal scorecard has no check');
  const shows = data.map((each) => ({ subject: 'run', grade: 'measured', holder: null, data: each, exchanges: [] }));
  const entry = { ...any, id: 'cds.service', shows } as CheckEntry;
  return { ...goOnSimulator, checks: [...goOnSimulator.checks, entry] };
};
const measured = { service: 'pa-needed', calls: 10, cards: 2, cardsPer100: 20, limit: 20 };
const log = { shownInLog: 55, acceptedInLog: 28, overriddenInLog: 12, overriddenAtMostPercent: 44.1 };
const last = (scorecard: Scorecard): unknown => cardTable(scorecard)?.rows.map((row) => row.at(-1));

it('says how many cards there were and what people made of them, and whose word that is', () => {
  const scorecard = withCards({ ...measured, ...log });
  const words = '12 of 40 answered, at most 44 % (95 %); 55 shown';
  expect(last(scorecard)).toEqual([words]);
  for (const text of [renderMarkdown(scorecard), renderHtml(scorecard)]) {
    expect(text).toContain('as the vendor’s log says');
    expect(text.replaceAll('\\', '')).toContain(words);
  }
});

it('says what is known where the log says nothing, or too little, and where there is no limit', () => {
  const few = { ...log, acceptedInLog: 0, overriddenInLog: 4, overriddenAtMostPercent: null };
  const scorecard = withCards(measured, { ...measured, limit: null, ...few });
  expect(last(scorecard)).toEqual(['–', '4 of 4 answered; 55 shown']);
  expect(cardTable(scorecard)?.rows.map((row) => row.slice(1, 5))).toEqual([
    ['10', '2', '20', '20'],
    ['10', '2', '20', '–'],
  ]);
});

it('is not there without a service', () => {
  expect(cardTable(goOnSimulator)).toBeUndefined();
  expect(renderMarkdown(goOnSimulator)).not.toContain('## Cards');
});
