import { commandLine, runProgram } from './program.js';
import { hand, median, milliseconds, placesOfSection, type Row } from './row.js';

const rounds = 11;
const mostTimes = 2.5;

const places = placesOfSection();
const commands = {
  'node -e 0': ['-e', '0'],
  '--version': [commandLine(places), '--version'],
  'checks list': [commandLine(places), 'checks', 'list'],
};
const wallMs = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
// In turn, so that a busy minute of the machine meets all of them.
for (let round = 0; round <= rounds; round++) {
  for (const [name, argv] of Object.entries(commands)) {
    const ended = await runProgram(process.execPath, argv, { timeoutMs: 10_000 });
    if (ended.code !== 0) throw new Error(`${name} ended with ${ended.code}: ${ended.stderr.slice(0, 300)}`);
    if (round > 0) wallMs.get(name)?.push(ended.wallMs);
  }
}
const bare = median(wallMs.get('node -e 0') ?? []);
hand(
  ['--version', 'checks list'].map((name): Row => {
    const own = median(wallMs.get(name) ?? []);
    return {
      what: `start-up: ${name}`,
      measured: `${milliseconds(own)}, bare node ${milliseconds(bare)}`,
      budget: `<= ${mostTimes} x bare node`,
      ratio: own / bare,
      ok: own <= mostTimes * bare,
    };
  }),
);
