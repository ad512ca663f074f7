import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadChecks } from '../src/cli/check-catalog.js';
import { loadPolicy, shippedPolicies } from '../src/load/policy.js';
import { absentTitle } from '../src/model/absent-titles.js';
import { askedParties } from '../src/model/check.js';
import { factKinds } from '../src/model/facts/registry.js';
import { deviations } from '../src/sandbox/deviations/index.js';
import { checksFolder } from './support/places.js';

const root = new URL('../', import.meta.url);
const checks = await loadChecks(checksFolder);
const checkIds = checks.map((check) => check.id);
const sources = new URL('checks/', root);
const files = readdirSync(sources, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(new URL(`${name}/`, sources)).map((file) => `${name}/${file}`));
const policy = async (name: string) =>
  (await loadPolicy(name, { folder: new URL('profiles/policies/', root), checkIds })).policy;
const holes = (text: string) => [...text.matchAll(/[{}]/g)].map(([brace]) => brace).join('');

it('a check stands where its id says, and each id once', () => {
  expect(files.map((file) => file.replace('/', '.').replace(/\.ts$/, '')).sort()).toEqual([...checkIds].sort());
  expect(new Set(checkIds).size).toBe(checkIds.length);
});

describe.each(checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  it('has a test of the same path', () => {
    expect(existsSync(new URL(`test/checks/${id.replace('.', '/')}.test.ts`, root))).toBe(true);
  });

  it('is complete in words', () => {
    expect(check.sends.trim().length).toBeGreaterThan(9);
    for (const text of [check.title, check.failureTitle, check.plain, check.why]) {
      expect(text.trim().length).toBeGreaterThan(9);
      expect(text).not.toMatch(/[{}]/);
    }
    // Whoever is asked has to bring something one can look at; yes or no would not do.
    expect(askedParties).toContain(check.ask.of);
    expect(check.ask.text).toMatch(/\b(?:show|give|send|hand) us\b/i);
    expect(check.ask.text).not.toMatch(/[{}]/);
    expect(check.remedy.length).toBeGreaterThan(0);
    for (const { text } of check.remedy) expect(text).not.toMatch(/[{}]/);
    for (const { text } of Object.values(check.messages)) expect(holes(text)).toMatch(/^(\{\})*$/);
    for (const message of Object.keys(check.messages)) expect(message).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('cites sources by https', () => {
    expect(check.references.length).toBeGreaterThan(0);
    for (const reference of check.references) expect(new URL(reference).protocol).toBe('https:');
  });

  it('reads facts that are recorded', () => {
    for (const kind of [...check.reads, ...(check.optional ?? [])]) expect(factKinds).toHaveProperty([kind]);
  });
});

it('a derived check looks at checks that exist or stand under absent, and at no derived one', async () => {
  const absent = (await policy('scale')).absent.map((one) => one.check);
  const derived = new Set(checks.filter(({ looksAt }) => looksAt !== undefined).map(({ id }) => id));
  for (const { id, looksAt } of checks) {
    expect(
      (looksAt ?? []).filter((seen) => !checkIds.includes(seen) && !absent.includes(seen)),
      id,
    ).toEqual([]);
    expect(
      (looksAt ?? []).filter((seen) => derived.has(seen)),
      id,
    ).toEqual([]);
    expect(looksAt, id).not.toEqual([]);
  }
});

describe.each(shippedPolicies)('policy %s', (name) => {
  it('names only checks that exist or stand under absent', async () => {
    const { rows, absent } = await policy(name);
    const known = new Set([...checkIds, ...absent.map((one) => one.check)]);
    expect(rows.map((row) => row.check).filter((id) => !known.has(id))).toEqual([]);
  });

  it('lists nothing under absent that exists or that it does not use', async () => {
    const { rows, absent } = await policy(name);
    const used = new Set(rows.map((row) => row.check));
    expect(absent.map((one) => one.check).filter((id) => checkIds.includes(id) || !used.has(id))).toEqual([]);
  });
});

it('what this version lacks has a plain title, and nothing it has needs one', async () => {
  for (const { absent, later } of await Promise.all(shippedPolicies.map(policy))) {
    expect([...absent.map((one) => one.check), ...later].filter((id) => absentTitle(id) === id)).toEqual([]);
  }
  expect(checkIds.filter((id) => absentTitle(id) !== id)).toEqual([]);
});

it('every check is used by a policy', async () => {
  const used = new Set(
    (await Promise.all(shippedPolicies.map(policy))).flatMap(({ rows }) => rows.map((row) => row.check)),
  );
  expect(checkIds.filter((id) => !used.has(id))).toEqual([]);
});

it('every deviation names checks that exist', () => {
  expect(deviations.flatMap(({ caughtBy }) => caughtBy).filter((id) => !checkIds.includes(id))).toEqual([]);
});
