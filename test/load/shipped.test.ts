import { readdir } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaText, type SchemaName } from '../../src/cli/schema.js';
import { loadContract, loadOrganization } from '../../src/load/documents.js';
import { ToolError } from '../../src/model/errors.js';
import { bytesOf, options, profilesFolder, shipped } from './loading.js';
import { tries } from '../support/everything.js';

const names = async (folder: string, extension: string): Promise<string[]> =>
  (await readdir(new URL(`${folder}/`, profilesFolder))).filter((file) => file.endsWith(extension));

describe('shipped files', () => {
  it('load without a problem, with the schema in their first line', async () => {
    const contracts = (await names('contracts', '.yaml')).map((file) => `contracts/${file}`);
    const organizations = (await names('organizations', '.yaml')).map((file) => `organizations/${file}`);
    expect(contracts).toHaveLength(3);
    for (const path of [...contracts, 'contracts/minimal/contract.yaml']) {
      const text = await shipped(path);
      expect((await loadContract(bytesOf(text, path), options)).problems, path).toEqual([]);
      expect(text, path).toMatch(/^# yaml-language-server: \$schema=(\.\.\/)+schemas\/contract\.schema\.json\n/);
    }
    for (const path of [...organizations, 'contracts/minimal/organization.yaml']) {
      const text = await shipped(path);
      expect((await loadOrganization(bytesOf(text, path), options)).problems, path).toEqual([]);
      expect(text, path).toMatch(/^# yaml-language-server: \$schema=(\.\.\/)+schemas\/organization\.schema\.json\n/);
    }
  });

  it('are templates that extend nothing', async () => {
    for (const folder of ['contracts', 'organizations']) {
      for (const file of await names(folder, '.yaml')) {
        expect(await shipped(`${folder}/${file}`)).not.toMatch(/^extends:/m);
      }
    }
  });

  it('have schemas equal to those the command prints', async () => {
    for (const file of await names('schemas', '.schema.json')) {
      const name = file.replace('.schema.json', '') as SchemaName;
      expect(await shipped(`schemas/${file}`), file).toBe(await schemaText(name));
    }
  });
});

describe('a damaged contract', () => {
  it('loads or is refused with a reason, never anything else', async () => {
    const texts = await Promise.all((await names('contracts', '.yaml')).map((file) => shipped(`contracts/${file}`)));
    const snippet = fc.constantFrom(
      '', ' ', '\n', '\t', '{', '}', '[', ']', ':', ',', '"', "'", '#', '&a ', '*a', '!x ', '<<: ', '- ', '---\n', '|\n', '? ',
      '__proto__: 1\n', 'constructor: {}\n', '{{', '}}', '\u0000', '\ufeff', '\u2028', '💥', '{ref: env:X}', 'resolve()', '%',
      'https://evil.example/', '1e999', '.nan', '~', '0x1', 'true', '(((', "where(",
    ); // prettier-ignore
    const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), snippet });
    const keysBefore = Object.getOwnPropertyNames(Object.prototype);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async (text, mutations) => {
          let damaged = text;
          for (const { at, cut, snippet: inserted } of mutations) {
            const offset = Math.floor(at * damaged.length);
            damaged = damaged.slice(0, offset) + inserted + damaged.slice(offset + cut);
          }
          const outcome: unknown = await loadContract(bytesOf(damaged), options).catch((error: unknown) => error);
          if (!(outcome instanceof Error)) return;
          expect(outcome).toBeInstanceOf(ToolError);
          expect(outcome).toMatchObject({ exitCode: 2, code: expect.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/) });
        },
      ),
      { numRuns: tries(600) },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(keysBefore);
  });
});
