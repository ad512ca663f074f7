import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { collectAiLog } from '../../src/cli/collect.js';
import { trial } from '../support/trial.js';
import { places } from '../support/places.js';

const check = 'cds.service';
const earlierMs = 7 * 86_400_000;
let home: string;
afterAll(() => rm(home, { recursive: true, force: true }));

interface CardLine {
  readonly at: string;
  readonly card: string;
  readonly outcome: string;
}

it('the order advisor’s own log says how often its cards are overridden, and changes no outcome', async () => {
  home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-cards-'));
  const run = join(home, 'run');
  let log = '';
  const { outcome, fact, results } = await trial({
    workflow: 'prior-authorization',
    aiSystem: 'order-advisor',
    checks: [check],
    afterwards: async ({ folder }) => {
      log = await readFile(join(folder, '../../lakeside/advisor-cards.ndjson'), 'utf8');
      await cp(folder, run, { recursive: true });
    },
  });
  expect(outcome(check)).toBe('pass');
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CardLine);
  const answered = lines.filter((line) => line.outcome !== 'shown');
  expect(answered.map((line) => line.outcome)).toEqual(['accepted', 'overridden']);
  // The tool asked for these cards, and said of one what became of it.
  expect(fact('card-outcomes', 'run')).toEqual({ ofRun: lines.length, from: null, to: null, services: [] });
  expect(results.get(check)?.judgements.map(({ data }) => Object.keys(data))).toEqual([
    ['service', 'calls', 'cards', 'cardsPer100', 'limit'],
  ]);

  // The same a week before, as of six people.
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((who) =>
    lines.map((line) => ({
      ...line,
      card: `${who}-${line.card}`,
      at: new Date(Date.parse(line.at) - earlierMs).toISOString(),
    })),
  );
  const file = join(home, 'week.ndjson');
  await writeFile(file, people.map((line) => JSON.stringify(line)).join('\n'));
  const { scorecard, collected } = await collectAiLog(run, file, places);
  const shown = new Set(people.map(({ card }) => card)).size;
  expect(collected.cards).toMatchObject({
    ofRun: 0,
    services: [{ service: 'pa-needed', shown, accepted: 0, overridden: 6 }],
  });
  const entry = scorecard.checks.find(({ id }) => id === check);
  expect([entry?.outcome, entry?.grade]).toEqual(['pass', 'measured']);
  expect(entry?.shows.map(({ data }) => data)).toMatchObject([
    { shownInLog: shown, acceptedInLog: 0, overriddenInLog: 6, overriddenAtMostPercent: 100 },
  ]);
  const report = await readFile(join(run, 'report.md'), 'utf8');
  expect(report).toContain(`6 of 6 answered, at most 100 % (95 %); ${shown} shown`);
  const evidence = await readFile(join(run, 'evidence.ndjson'), 'utf8');
  for (const { card } of people) expect(evidence).not.toContain(card);
});
