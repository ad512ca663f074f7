import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputSearch, searchFile } from '../../src/gather/output-search.js';

const search = outputSearch([{ what: 'canary of p1', value: 'ZZTESTALPHA' }]);
const searchNothing = outputSearch([]);

describe('rule 35: the search of our own output', () => {
  const ways: Record<string, (value: string, before: string) => string> = {
    plain: (value, before) => before + value,
    hex: (value, before) => Buffer.from(before + value).toString('hex'),
    base64: (value, before) => Buffer.from(`${before}${value} and more`).toString('base64'),
    base64url: (value, before) => Buffer.from(`${before}${value} and more`).toString('base64url'),
    reversed: (value, before) => before + Array.from(value).reverse().join(''),
    'URL-encoded': (value, before) => before + encodeURIComponent(value),
  };
  for (const [name, write] of Object.entries(ways)) {
    it(`finds a value written ${name}, whatever stands before it`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 9 }), (before) => {
          expect(search(`{"x":"${write('ZZTESTALPHA', before)}"}`)).toBe('canary of p1');
        }),
      );
    });
  }

  it('finds tokens and keys by their shape', () => {
    const header = Buffer.from('{"alg":"RS384"}').toString('base64url');
    expect(searchNothing(`Bearer ${header}.${header}.${header}`)).toBe('a signed token');
    expect(searchNothing('-----BEGIN PRIVATE KEY-----')).toBe('a private key');
    expect(search('{"status":412,"path":"Appointment/{id}"}')).toBeUndefined();
  });

  it('finds what lies across the border of two chunks of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-search-'));
    const path = join(folder, 'evidence.ndjson');
    await writeFile(path, `${'x'.repeat(1_048_570)}ZZTESTALPHA${'x'.repeat(100)}`);
    expect(await searchFile(path, search)).toBe('canary of p1');
    expect(await searchFile(path, outputSearch([{ what: 'other', value: 'ZZTESTBRAVO' }]))).toBeUndefined();
    await rm(folder, { recursive: true });
  });
});
