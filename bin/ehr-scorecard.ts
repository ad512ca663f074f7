#!/usr/bin/env node
// Composition root. The Node check comes before any other import: an old Node must get a sentence, not a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ehr-scorecard needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
  process.exit(2);
}

// Checks and profiles lie beside this file in the source tree and in dist alike, never in the working directory.
const here = new URL('.', import.meta.url);
const { main } = await import('../src/cli/main.js');
process.exitCode = await main(process.argv.slice(2), {
  checksFolder: new URL('../checks/', here),
  packageFolder: new URL(here.pathname.endsWith('/dist/bin/') ? '../../' : '../', here),
});
