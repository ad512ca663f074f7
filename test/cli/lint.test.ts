import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addLintCommand, lintFiles } from '../../src/cli/lint.js';
import { addSchemaCommand } from '../../src/cli/schema.js';
import { contract, options, organization } from '../load/loading.js';
import { checksFolder, packageFolder } from '../support/places.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

/** Exit code of the command line and what it wrote to stdout. */
async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command().exitOverride();
  addLintCommand(program, { packageFolder, checksFolder });
  addSchemaCommand(program);
  try {
    const exitCode = await program.parseAsync(argv, { from: 'user' }).then(
      () => 0,
      (error: { exitCode: number }) => error.exitCode,
    );
    return { exitCode, stdout: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

describe('lint', () => {
  it('exits 0 for a clean file, 1 for what a check will fail, 2 for what cannot be used', async () => {
    const clean = await file('clean.yaml', contract());
    const problem = await file('problem.yaml', contract('latency: [{id: a, trigger: x, from: launch, to: visible}]'));
    const refused = await file('refused.yaml', contract('productScren: none'));
    expect((await run('lint', clean)).exitCode).toBe(0);
    expect((await run('lint', clean, problem)).exitCode).toBe(1);
    expect((await run('lint', clean, problem, refused)).exitCode).toBe(2);
    expect((await run('lint', join(folder, 'nothing.yaml'))).exitCode).toBe(2);
    expect((await run('lint', folder)).exitCode).toBe(2);
  });

  it('finds each fault by code and place', async () => {
    const path = await file('refused.yaml', contract('productScren: none', 'audit: {maxLag: x}'));
    const { stdout } = await run('lint', '--json', path);
    expect(JSON.parse(stdout)).toMatchObject([
      { level: 'refused', code: 'unknown-key', file: path, line: 6, column: 1 },
      { level: 'refused', code: 'wrong-value', file: path, line: 7, column: 17 },
    ]);
  });

  it('reads contract and organization against each other', async () => {
    const findings = await lintFiles(
      [
        await file('c.yaml', contract('overrides: [{path: values.x, mandatory: true}]')),
        await file('o.yaml', organization('channels: {caal: {kind: external}}')),
      ],
      options,
    );
    expect(findings.map(({ level, code, line }) => `${level} ${code} ${line}`)).toEqual([
      'note override-missing 6',
      'problem dangling-reference 4',
    ]);
  });
});

describe('schema', () => {
  it('prints a schema by name and refuses another', async () => {
    expect(JSON.parse((await run('schema', 'organization')).stdout)).toMatchObject({ title: 'Organization profile' });
    expect((await run('schema', 'recipe')).exitCode).toBe(2);
  });
});
