import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each part may import besides itself. `A: [B]` reads "A may import B". */
const doors: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/fhir': ['src/model'],
  'src/wire': ['src/model', 'src/fhir'],
  'src/check.ts': ['src/model', 'src/fhir'],
  checks: ['src/check.ts', 'src/model', 'src/fhir'],
  'src/load': ['src/model', 'src/fhir', 'src/wire'],
  'src/gather': ['src/model', 'src/fhir', 'src/wire'],
  'src/evaluate': ['src/model', 'src/fhir', 'src/wire'],
  'src/report': ['src/model', 'src/fhir', 'src/wire'],
  'src/sandbox': ['src/model', 'src/fhir', 'src/wire'],
  'src/cli': [
    'src/model',
    'src/fhir',
    'src/wire',
    'src/load',
    'src/gather',
    'src/evaluate',
    'src/report',
    'src/sandbox',
  ],
  bin: ['src/cli'],
};
/** No clock, randomness, input or output. */
const pure = ['src/model', 'src/fhir', 'src/evaluate', 'src/report', 'src/check.ts', 'checks'];
const fhirpathUsers = ['src/load', 'src/gather', 'src/sandbox'];
const networkUsers = ['src/wire'];
const pureForbidden = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bconsole\.|\bperformance\./;
const inputOutputModules =
  /^(node:)?(fs|fs\/promises|net|tls|http|https|http2|dns|dgram|child_process|worker_threads|os|process|timers)(\/|$)/;
const networkModules = /^(node:)?(net|tls|http|https|http2|dns|dgram)(\/|$)|^undici$/;

interface Import {
  readonly file: string;
  readonly target: string;
}

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory()
      ? files(path)
      : /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')
        ? [path]
        : [];
  });
}

const sources = ['bin', 'src', 'checks'].flatMap(files);

const partOf = (file: string): string | undefined =>
  Object.keys(doors).find((part) => file === part || file.startsWith(`${part}/`));

/** Static, dynamic, type-only imports, re-exports and import types alike. */
function importsOf(file: string): Import[] {
  const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const found: Import[] = [];
  const add = (node: { source?: { value?: unknown } | null }): void => {
    if (typeof node.source?.value === 'string') found.push({ file, target: node.source.value });
  };
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    ImportExpression: (node) => add(node as { source?: { value?: unknown } }),
    TSImportType: (node) => add(node),
  }).visit(program);
  return found;
}

const imports = sources.flatMap(importsOf);
const local = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({
    file,
    target: relative(root, resolve(root, dirname(file), target)).replace(/\.js$/, '.ts'),
  }));

describe('imports go one way', () => {
  it('sees the source', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(local.length).toBeGreaterThan(300);
  });

  it('every file belongs to a part', () => {
    expect(sources.filter((file) => partOf(file) === undefined)).toEqual([]);
  });

  it('no import leaves by another door', () => {
    const wrong = local.flatMap(({ file, target }) => {
      const [from, to] = [partOf(file), partOf(target)];
      if (from === undefined || from === to || (to !== undefined && doors[from]?.includes(to))) return [];
      return [`${file} imports ${target}; ${from} may import ${[from, ...(doors[from] ?? [])].join(', ')}`];
    });
    expect(wrong).toEqual([]);
  });

  it('fhirpath is imported where expressions are loaded, gathered or served', () => {
    const wrong = imports.filter(
      ({ file, target }) => /^fhirpath(\/|$)/.test(target) && !fhirpathUsers.includes(partOf(file) ?? ''),
    );
    expect(wrong).toEqual([]);
  });

  it('preact is imported by the page alone', () => {
    const users = imports.filter(({ target }) => target.startsWith('preact')).map(({ file }) => file);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !file.startsWith('src/report/html/'))).toEqual([]);
  });

  it('one network door', () => {
    const wrong = imports.filter(
      ({ file, target }) => networkModules.test(target) && !networkUsers.includes(partOf(file) ?? ''),
    );
    // The reference AI systems are programs of their own that speak only HTTP; the sandbox mounts its provider on a request.
    expect(wrong.filter(({ file }) => !file.startsWith('src/sandbox/'))).toEqual([]);
  });

  it('pure parts have no clock, randomness, input or output', () => {
    const wrong = sources
      .filter((file) => pure.includes(partOf(file) ?? ''))
      .flatMap((file) => {
        const code = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        const touched = importsOf(file).filter(({ target }) => inputOutputModules.test(target));
        return [
          ...touched.map(({ target }) => `${file} imports ${target}`),
          ...(pureForbidden.exec(code) ?? []).map((word) => `${file}: ${word}`),
        ];
      });
    expect(wrong).toEqual([]);
  });
});
