import type { Command } from 'commander';
import { exitCodes, type ExitCode } from '../model/errors.js';
import type { PackagePlaces } from './main.js';

interface CleanupFlags {
  readonly organization: string;
  readonly allowEnv?: readonly string[];
  readonly secretsDir?: string;
  readonly json?: true;
}

export function addCleanupCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('cleanup <run-folder>')
    .description('Undoes what an interrupted run left in the EHR, and only what is provably its own.')
    .requiredOption(
      '--organization <file>',
      'your own organization file; nothing is taken from the journal but what to undo',
    )
    .option('--allow-env <name...>', 'environment variables a reference may name besides EHR_SCORECARD_…')
    .option('--secrets-dir <folder>', 'a second folder for file: references')
    .option('--json', 'print the result as JSON')
    .action(async (folder: string, flags: CleanupFlags) => {
      exit(await runCleanup(folder, flags, places));
    });
}

async function runCleanup(folder: string, flags: CleanupFlags, places: PackagePlaces): Promise<ExitCode> {
  const [{ recoverRun }, { stopSignal }] = await Promise.all([import('./recover.js'), import('./stop-signal.js')]);
  const stop = stopSignal();
  try {
    const { undone, residue, leavesMax } = await recoverRun(folder, flags, places, stop.signal);
    const tooMuch = residue.length > leavesMax;
    if (flags.json) process.stdout.write(`${JSON.stringify({ undone, residue, leavesMax })}\n`);
    else {
      const left = residue.map(
        ({ resourceType, id, reason }, index) => `  ${index + 1}. ${resourceType}/${id || '(id unknown)'}  ${reason}\n`,
      );
      process.stdout.write(`${undone} undone, ${residue.length} left (${leavesMax} agreed).\n${left.join('')}`);
    }
    return tooMuch ? exitCodes.residue : exitCodes.gateMet;
  } finally {
    stop.dispose();
  }
}
