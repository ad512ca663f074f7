import type { Command } from 'commander';
import { ToolError, type ExitCode } from '../model/errors.js';
import type { EvidenceHeader } from '../model/evidence.js';
import type { PackagePlaces } from './main.js';

interface ScoreFlags {
  readonly policy?: string;
  readonly gate?: string;
  readonly json?: true;
}

export function addScoreCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('score <run-folder>')
    .description('Scores a recorded run again from its evidence; sends nothing and writes nothing.')
    .option('--policy <name-or-file>', 'instead of the policy of the run: pilot, scale or a file')
    .option('--gate <gate>', 'go, conditional, none or baseline=FILE, instead of the gate of the run')
    .option('--json', 'print scorecard.json')
    .action(async (folder: string, flags: ScoreFlags) => {
      exit(await runScore(folder, flags, places));
    });
}

const gates = ['go', 'conditional', 'none'] as const;

/** `go`, or `baseline=FILE` in its two parts. @throws ToolError `unknown-gate` */
export function gateOf(text: string): { readonly gate: EvidenceHeader['gate']; readonly file?: string } {
  const gate = gates.find((one) => one === text);
  if (gate !== undefined) return { gate };
  if (text.startsWith('baseline=') && text.length > 'baseline='.length) {
    return { gate: 'baseline', file: text.slice('baseline='.length) };
  }
  throw new ToolError('unknown-gate', `"${text}" is no gate; accepted: ${gates.join(', ')}, baseline=FILE`);
}

async function runScore(folder: string, flags: ScoreFlags, places: PackagePlaces): Promise<ExitCode> {
  const asked = flags.gate === undefined ? undefined : gateOf(flags.gate);
  const [{ scoreFolder }, { loadChecks }, { loadPolicy }, { readScorecard }, { scorecardJson }] = await Promise.all([
    import('./score-run.js'),
    import('./check-catalog.js'),
    import('../load/policy.js'),
    import('../load/scorecard.js'),
    import('../model/scorecard-json.js'),
  ]);
  const checkIds = async () => (await loadChecks(places.checksFolder)).map((check) => check.id);
  const policies = new URL('profiles/policies/', places.packageFolder);
  const { scorecard } = await scoreFolder(folder, places, {
    ...(flags.policy === undefined
      ? {}
      : { policy: (await loadPolicy(flags.policy, { folder: policies, checkIds: await checkIds() })).policy }),
    ...(asked === undefined ? {} : { gate: asked.gate }),
    ...(asked?.file === undefined ? {} : { baseline: (await readScorecard(asked.file)).scorecard }),
  });
  if (flags.json === true) {
    process.stdout.write(scorecardJson(scorecard));
  } else {
    const { renderTerminal } = await import('../report/terminal.js');
    const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    const width = process.stdout.columns ?? 100;
    process.stdout.write(renderTerminal(scorecard, { color, width, runPath: folder }));
  }
  return scorecard.decision.exitCode as ExitCode;
}
