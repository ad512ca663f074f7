import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { command } from '../support/command-line.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const flags = [
  '--contract',
  'note-assistant',
  '--ehr',
  'epic',
  '--id',
  'our-clinic',
  '--fhir-base',
  'https://fhir.clinic.example/r4',
];

describe('init', () => {
  it('writes two files that load without a mistake, for their owner alone', async () => {
    const said = await command('init', folder, ...flags);
    expect(said.code).toBe(0);
    const files = ['contract.yaml', 'organization.yaml'].map((name) => join(folder, name));
    expect(parse(await readFile(files[0]!, 'utf8'))).toMatchObject({
      extends: 'note-assistant',
      metadata: { status: 'draft' },
    });
    expect(parse(await readFile(files[1]!, 'utf8'))).toMatchObject({
      extends: 'epic',
      environments: { test: { class: 'production', fhirBase: 'https://fhir.clinic.example/r4' } },
    });
    expect((await command('lint', ...files)).code).toBe(0);
  });

  it('leaves files that exist as they are', async () => {
    await command('init', folder, ...flags);
    const before = await readFile(join(folder, 'contract.yaml'), 'utf8');
    const said = await command('init', folder, ...flags, '--id', 'another');
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('file-exists');
    expect(await readFile(join(folder, 'contract.yaml'), 'utf8')).toBe(before);
  });

  it.each([
    ['an unknown contract', ['--contract', 'scheduling']],
    ['no address', ['--contract', 'note-assistant']],
    ['an address that is none', ['--fhir-base', 'ftp://clinic']],
    ['an id with a space', ['--fhir-base', 'https://a.example', '--id', 'our clinic']],
  ])('%s: exit 2, what is accepted', async (_, argv) => {
    const said = await command('init', folder, ...argv);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('Accepted:');
  });
});
