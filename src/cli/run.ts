import { type Command, Option } from 'commander';
import type { WriteTier } from '../gather/write-policy.js';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { PackagePlaces } from './main.js';
import type { DocumentFlags } from './run-inputs.js';

/** Flags that `run` and `demo` share. */
export interface RunFlags {
  readonly writes: WriteTier;
  readonly gate: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly output: string;
  readonly report?: readonly string[];
  readonly dryRun?: true;
  readonly recover?: boolean;
  readonly maxDuration?: string;
  readonly seed?: string;
  readonly witness?: string;
  readonly observe?: string;
  readonly manual?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export function addRunCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  const command = program
    .command('run')
    .description('Probes an EHR as the contract asks, within what the organization allows, and prints the scorecard.')
    .requiredOption('--contract <file or name>', 'workflow contract, or the name of a shipped one')
    .requiredOption('--organization <file>', 'organization profile')
    .option('--environment <id>', 'environment of the organization file; writes off a simulator need it named')
    .option('--policy <name or file>', 'pilot, scale, or your own', 'pilot')
    .option('--peer <file...>', 'organization files of other organizations, for isolation between them')
    .option(
      '--previous <run-folder...>',
      'earlier runs to compare with: of this workflow, or of other systems in scope',
    )
    .option('--allow-env <name...>', 'environment variables a reference may name besides EHR_SCORECARD_…')
    .option('--secrets-dir <folder>', 'a second folder for file: references')
    .option('--observe <duration>', 'time what others do instead of causing it, for example 2h; nothing is written')
    .option(
      '--manual <events>',
      'time what you do on the EHR’s screen, so many times: Enter says when; nothing is written',
    );
  addRunFlags(command, 'none').action(async (flags: RunFlags & DocumentFlags) => {
    const { conductRun } = await import('./conduct-run.js');
    exit(await conductRun(flags, flags, places));
  });
}

/** The flags of a run; `demo` takes them all. */
export function addRunFlags(command: Command, writes: WriteTier): Command {
  return command
    .addOption(
      new Option('--writes <tier>', 'what may be written: nothing, one object an action, or everything the checks need')
        .choices(['none', 'one', 'all'])
        .default(writes),
    )
    .addOption(
      new Option('--gate <gate>', 'go | conditional | baseline=FILE | none: what exit code 0 takes').default('go'),
    )
    .option('--only <check...>', 'only these checks or families; no decision is made')
    .option('--skip <check...>', 'all but these checks or families; no decision is made')
    .option('--output <folder>', 'where run folders are kept', 'scorecards')
    .option('--report <format=path...>', 'html, markdown, json or terminal to a file; may be given several times')
    .option('--dry-run', 'print the plan for the EHR team and every request, and send nothing')
    .option('--recover', 'clean up an unfinished earlier run first (default in CI)')
    .option('--no-recover', 'stop when an earlier run is unfinished')
    .option('--max-duration <duration>', 'stop new work after this time, for example 30m')
    .option(
      '--witness <duration>',
      'wait this long at each written object, so that people can look at it on the screen',
    )
    .option('--seed <text>', 'seed of sampling times')
    .option('--json', 'print scorecard.json instead of the page')
    .option('--quiet', 'no progress');
}

/** Ids of the checks that --only and --skip leave; undefined when neither is given. @throws ToolError for a selector that matches nothing */
export function selectedChecks(flags: Pick<RunFlags, 'only' | 'skip'>, ids: readonly string[]): string[] | undefined {
  if (flags.only === undefined && flags.skip === undefined) return undefined;
  const matching = (selectors: readonly string[]): Set<string> =>
    new Set(
      selectors.flatMap((selector) => {
        const found = ids.filter((id) => id === selector || id.startsWith(`${selector.replace(/\.?\*$/, '')}.`));
        if (found.length === 0) {
          throw new ToolError('unknown-check', `no check or family is called "${selector}"`, {
            exitCode: exitCodes.couldNotStart,
            next: 'See `ehr-scorecard checks list`.',
          });
        }
        return found;
      }),
    );
  const only = flags.only === undefined ? new Set(ids) : matching(flags.only);
  const skipped = flags.skip === undefined ? new Set<string>() : matching(flags.skip);
  return ids.filter((id) => only.has(id) && !skipped.has(id));
}
