import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

// Safety rules and hostile behaviours are numbered, and so are their tests. What has none stands here, with the reason.

const rules = 44;
const behaviours = 72;

const rulesWithoutTest: Readonly<Record<number, string>> = {};

const behavioursWithoutTest: Readonly<Record<number, string>> = {
  41: 'no check follows references yet',
  67: 'there is no merge of runs yet',
};

const folder = new URL('./', import.meta.url);
const numbersIn = (text: string): number[] => [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
const upTo = (most: number): number[] => Array.from({ length: most }, (_, index) => index + 1);

async function titles(): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith('.test.ts') && file !== 'numbers.test.ts' && !file.includes('node_modules'),
  );
  return (await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))).join('\n');
}

describe('by their numbers', () => {
  it.each([
    ['safety rule', /\brules? \d+(?:(?:,| and) \d+)*/g, rules, rulesWithoutTest],
    ['hostile behaviour', /\bHS-\d+/g, behaviours, behavioursWithoutTest],
  ])('every %s has a test, or a reason why not', async (_, pattern, most, without) => {
    const named = new Set([...(await titles()).matchAll(pattern)].flatMap(([text]) => numbersIn(text)));
    const all = upTo(most);
    expect(all.filter((number) => !named.has(number) && without[number] === undefined)).toEqual([]);
    expect([...named].filter((number) => !all.includes(number))).toEqual([]);
    expect(
      Object.keys(without).filter((number) => named.has(Number(number))),
      'these have tests now: take them off the list',
    ).toEqual([]);
  });
});
