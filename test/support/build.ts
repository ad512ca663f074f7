import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './places.js';

/**
 * Brings dist up to the sources before any test runs, in place: only what changed is written, so that another run of the
 * tests can go on beside. `npm test` has made it already.
 */
export default function build(): void {
  if (process.env['npm_lifecycle_event'] === 'test') return;
  const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', packageFolder));
  const flags = ['--noCheck', '--incremental', '--tsBuildInfoFile', 'dist/tsconfig.tsbuildinfo'];
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json', ...flags], {
    cwd: packageFolder,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The sources do not compile: npm run build says why.');
}
