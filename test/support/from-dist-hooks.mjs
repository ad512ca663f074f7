import { fileURLToPath, pathToFileURL } from 'node:url';
import { shippedPath } from './shipped-path.mjs';

export function resolve(specifier, context, next) {
  const importer = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined;
  const path = importer === undefined ? undefined : shippedPath(specifier, importer);
  return path === undefined
    ? next(specifier, context)
    : { url: pathToFileURL(path).href, format: 'module', shortCircuit: true };
}
