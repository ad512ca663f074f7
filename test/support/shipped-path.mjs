import { dirname, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/**
 * Where the compiled file lies that a relative import of a source file means; undefined for any other import.
 * @param {string} specifier
 * @param {string} importer absolute path
 * @returns {string | undefined}
 */
export function shippedPath(specifier, importer) {
  if (!specifier.startsWith('.')) return undefined;
  const path = relative(root, resolve(dirname(importer), specifier))
    .split(sep)
    .join('/');
  return /^(?:src|bin|checks)\//.test(path) ? resolve(root, 'dist', path) : undefined;
}
