import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { partsWords } from '../../src/report/run-words.js';
import { durationWords, instantWords, latencyWords, numberWords, percentWords } from '../../src/report/words.js';
import { goOnSimulator } from './literal-scorecards.js';
import { checksFolder } from '../support/places.js';

const root = new URL('../../', import.meta.url);

/** What a report must not say, with what it says instead. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\bcompliant\b|\bcertified\b|HIPAA-ready/i, 'seen working, stated by X on DATE'],
  [/\bviolat\w+|\bbreach\w*|\billegal\b/i, 'does not do what the contract asks'],
  [/\bsecure\b|\bsafe\b|\bguarantee\w*/i, 'what was tried, how often, with the bound'],
  [/\bde-identified\b|\banonymi[sz]ed\b/i, 'patients by alias; keep as PHI'],
  [/\bvendor failed\b|\bEHR[’']s fault\b|\bvendor[’']s fault\b/i, 'most likely lies with …'],
  [/\bhostile\b|\bmisaligned\b/i, 'what was seen, without a motive'],
  [/\binformation blocking\b/i, 'not our word'],
  [/\bwaive\w*|\baccepted risk\b|\brisk accepted\b/i, 'gap: owner, control, until'],
  [/\bsavings\b(?! not yet earned)/i, 'savings not yet earned'],
];
/** Of what was measured, a statement holds for the occasions measured. */
const absolute: readonly (readonly [RegExp, string])[] = [
  [/\balways\b|\bnever\b/i, 'in the n occasions measured'],
  [/\bnot tested\b/i, 'not shown'],
];
const faults = (place: string, text: string, words: typeof forbidden): string[] =>
  words.flatMap(([word, instead]) => {
    // A hole is named after data, not read by anybody.
    const found = word.exec(text.replace(/\{[^{}]*\}/g, '{}'))?.[0];
    return found === undefined ? [] : [`${place} says "${found}"; instead: ${instead}`];
  });

/** String and template literals of a file; comments and names are not printed. */
function literals(file: URL): string[] {
  const found: string[] = [];
  const { program } = parseSync(file.pathname, readFileSync(file, 'utf8'));
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') found.push(value);
    },
    TemplateElement: ({ value }) => {
      found.push(value.cooked ?? value.raw);
    },
    JSXText: ({ value }) => {
      found.push(value);
    },
  }).visit(program);
  return found;
}

describe('words that are not used', () => {
  it('by the renderers, the scoring and the words of both', () => {
    const inFolder = (folder: string): string[] =>
      readdirSync(new URL(folder, root))
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => `${folder}${name}`);
    const files = [
      ...inFolder('src/report/'),
      ...inFolder('src/report/html/'),
      ...inFolder('src/evaluate/'),
      'src/model/not-measured-words.ts',
      'src/model/absent-titles.ts',
    ];
    // The id of a check names it and says nothing about anybody.
    const isId = (text: string) => /^[a-z0-9]+\.[a-z0-9-]+$/.test(text);
    const texts = files.flatMap((file) =>
      literals(new URL(file, root)).flatMap((text) => (isId(text) ? [] : [[file, text] as const])),
    );
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.flatMap(([file, text]) => faults(file, text, forbidden))).toEqual([]);
  });

  it('by the prose of checks', async () => {
    const checks = await loadChecks(checksFolder);
    const found = checks.flatMap((check) => {
      const messages = Object.values(check.messages).map(({ text }) => text);
      const stated = [check.title, check.failureTitle, check.plain, ...messages];
      const prose = [...stated, check.why, check.sends, check.ask.text, ...check.remedy.map(({ text }) => text)];
      return [
        ...prose.flatMap((text) => faults(check.id, text, forbidden)),
        ...stated.flatMap((text) => faults(check.id, text, absolute)),
      ];
    });
    expect(checks.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});

describe('numbers', () => {
  it('durations in a unit a reader uses', () => {
    expect([0, 250, 1_000, 1_870, 60_000, 90_000, 180_000, 7_200_000, 172_800_000].map(durationWords)).toEqual([
      '0 ms',
      '250 ms',
      '1 s',
      '1.9 s',
      '60 s',
      '90 s',
      '3 min',
      '2 h',
      '2 days',
    ]);
  });

  it('instants to the minute, in UTC; what is none as it stands', () => {
    expect(['2026-11-20T08:00:04.123Z', '2026-11-20T08:00Z', '2026-11-20', 'x'].map(instantWords)).toEqual([
      '2026-11-20, 08:00 UTC',
      '2026-11-20, 08:00 UTC',
      '2026-11-20',
      'x',
    ]);
  });

  it('shares without decimals from 10 % up, one below', () => {
    expect([0, 0.042, 0.0999, 0.259, 1].map(percentWords)).toEqual(['0 %', '4.2 %', '10 %', '26 %', '100 %']);
  });

  it('what a check shows: k of n, units by name, nothing for what is no number or text', () => {
    expect(numberWords({ found: 61, expected: 61, p95Ms: 1_870, missingShare: 0.042, overAtMostPercent: 4.2 })).toEqual(
      ['61 of 61 found', 'missing 4.2 %', 'over at most 4.2 %', 'p95 1.9 s'],
    );
    expect(numberWords({ n: 69, intervalMs: [1_210, null], nested: { a: 1 }, nothing: null, empty: [] })).toEqual([
      'n=69',
      'interval 1.2 s to ?',
    ]);
  });

  it('a latency entry with bound, budget and n; nothing where nothing was counted', () => {
    const [entry] = goOnSimulator.latency;
    expect(latencyWords(entry!)).toBe('p95 ≤ 1.9 s of 60 s, n=69');
    expect(latencyWords({ ...entry!, shows: {} })).toBeUndefined();
  });
});

describe('what requests were sent for', () => {
  const { run } = goOnSimulator;
  const words = (requests: Partial<typeof run.requests>) =>
    partsWords({ ...goOnSimulator, run: { ...run, requests: { ...run.requests, ...requests } } });

  it('is one line, with the samples apart', () => {
    const parts = [
      { part: 'read', requests: 60 },
      { part: 'write', requests: 1_040 },
    ];
    expect(words({ parts, samples: 1_200 })).toBe(
      '1,100 requests: read 60, write 1,040; 1,200 more as samples of series and shares',
    );
    expect(words({ parts, samples: 0 })).toBe('1,100 requests: read 60, write 1,040');
  });

  it('is left out where the evidence does not say', () => {
    expect(words({ parts: [], samples: 0 })).toBeUndefined();
  });
});
