import type { Command } from 'commander';
import { ToolError, type ExitCode } from '../model/errors.js';
import type { EvidenceHeader } from '../model/evidence.js';
import type { PackagePlaces } from './main.js';

interface ScoreFlags {
  readonly policy?: string;
  readonly gate?: string;
  readonly json?: true;
  readonly report?: readonly string[];
  /** A file, or true without one. */
  readonly narrow?: string | true;
}

export function addScoreCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('score')
    .argument('[run-folder]', 'the folder of a recorded run')
    .description('Scores a recorded run again from its evidence; sends nothing, and changes nothing in the folder.')
    .option('--policy <name-or-file>', 'instead of the policy of the run: pilot, scale or a file')
    .option('--gate <gate>', 'go, conditional, none or baseline=FILE, instead of the gate of the run')
    .option('--narrow [file]', 'also the largest contract that would get Go or Conditional go; =FILE writes it')
    .option('--report <format=path...>', 'html, markdown, json or terminal to a file; may be given several times')
    .option('--json', 'print scorecard.json')
    .action(async (folder: string | undefined, flags: ScoreFlags) => {
      exit(await runScore(folderOf(folder, flags), flags, places));
    });
}

/** `--narrow RUN` reads as `--narrow=RUN`, so the folder is asked for in words. @throws ToolError `no-run-folder` */
function folderOf(folder: string | undefined, { narrow }: ScoreFlags): string {
  if (folder !== undefined) return folder;
  throw new ToolError('no-run-folder', 'score needs the folder of a run', {
    next:
      typeof narrow === 'string'
        ? `Write it first: score ${narrow} --narrow, or with a file to write: score ${narrow} --narrow=FILE`
        : 'For example: score scorecards/RUN',
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
  const { parseReportFlag, writeReports } = await import('./report.js');
  const reports = (flags.report ?? []).map(parseReportFlag);
  const [{ scoreFolder }, { loadChecks }, { loadPolicy }, { readScorecard }, { scorecardJson }] = await Promise.all([
    import('./score-run.js'),
    import('./check-catalog.js'),
    import('../load/policy.js'),
    import('../load/scorecard.js'),
    import('../model/scorecard-json.js'),
  ]);
  const checkIds = async () => (await loadChecks(places.checksFolder)).map((check) => check.id);
  const policies = new URL('profiles/policies/', places.packageFolder);
  const { run, scorecard } = await scoreFolder(folder, places, {
    ...(flags.policy === undefined
      ? {}
      : { policy: (await loadPolicy(flags.policy, { folder: policies, checkIds: await checkIds() })).policy }),
    ...(asked === undefined ? {} : { gate: asked.gate }),
    ...(asked?.file === undefined ? {} : { baseline: (await readScorecard(asked.file)).scorecard }),
    ...(flags.narrow === undefined ? {} : { narrow: true }),
  });
  const { narrowing } = scorecard;
  const wanted = typeof flags.narrow === 'string' ? flags.narrow : undefined;
  const written = wanted !== undefined && narrowing?.found === 'narrower';
  if (written) {
    const { narrowedContract, writeContract } = await import('./score-narrow.js');
    await writeContract(wanted, await narrowedContract(run, places, narrowing));
  }
  await writeReports(scorecard, reports, { sha256: run.evidenceHead, runPath: folder });
  if (flags.json === true) {
    process.stdout.write(scorecardJson(scorecard));
  } else {
    const { renderTerminal } = await import('../report/terminal.js');
    const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    const width = process.stdout.columns ?? 100;
    process.stdout.write(renderTerminal(scorecard, { color, width, runPath: folder }));
  }
  if (wanted !== undefined) {
    process.stderr.write(written ? `Narrower contract written to ${wanted}\n` : `${wanted} was not written\n`);
  }
  return scorecard.decision.exitCode as ExitCode;
}
