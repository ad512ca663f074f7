import { join } from 'node:path';
import type { Command } from 'commander';
import type { Collected } from '../gather/collect.js';
import type { LogFacts } from '../gather/audit-facts.js';
import type { MadeAccess } from '../model/audit-access.js';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { Scorecard } from '../model/scorecard.js';
import type { PackagePlaces } from './main.js';

interface CollectFlags {
  readonly audit: string;
  readonly mapping?: string;
  readonly json?: true;
}

export function addCollectCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('collect <run-folder>')
    .description('Brings evidence that came after a run into its folder, and scores it again; sends nothing.')
    .requiredOption(
      '--audit <file>',
      'an export of the EHR’s audit log that covers the run: CSV, or AuditEvents one a line',
    )
    .option('--mapping <name-or-file>', 'how the export is read: access-log-csv, auditevent-ndjson or a file of yours')
    .option('--json', 'print what was found as JSON')
    .action(async (folder: string, flags: CollectFlags) => {
      const { collected, scorecard } = await collectAudit(folder, flags, places);
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify({ ...collected, decision: scorecard.decision.words })}\n`
          : page(collected, scorecard, folder),
      );
      const answered = Object.values(collected.facts).some((fact) => !('missing' in fact));
      exit(answered ? exitCodes.gateMet : exitCodes.notShown);
    });
}

/**
 * Adds an exported audit log to a finished run and writes its scorecard anew.
 * @throws ToolError (exit 2), the folder untouched: no finished run, no readable file, no such mapping
 */
export async function collectAudit(
  folder: string,
  flags: Pick<CollectFlags, 'audit' | 'mapping'>,
  places: PackagePlaces,
  now: () => Date = () => new Date(),
): Promise<{ readonly collected: Collected; readonly scorecard: Scorecard }> {
  const [
    { collectAuditFile },
    { lockRun },
    { writeWhole },
    { loadAuditMapping },
    { readRunFolder },
    { readRecordedScorecard },
    { recordedDocuments, scoreRun },
    { accessesMade },
    { scorecardJson },
    { writeReports },
  ] = await Promise.all([
    import('../gather/collect.js'),
    import('../gather/cleanup-run.js'),
    import('../gather/run-folder.js'),
    import('../load/audit-mapping.js'),
    import('../load/run-folder.js'),
    import('../load/scorecard.js'),
    import('./score-run.js'),
    import('../model/audit-access.js'),
    import('../model/scorecard-json.js'),
    import('./report.js'),
  ]);
  const release = await lockRun(folder, 'collect');
  try {
    const made: MadeAccess[] = [];
    const run = await readRunFolder(folder, (line) => made.push(...accessesMade(line)));
    const lastEnd = run.ends.at(-1);
    if (!run.complete || lastEnd === undefined || run.ends.some((end) => end.how !== 'complete')) {
      throw new ToolError('incomplete-run', 'the run did not come to its end, so nothing can be added to it', {
        next: 'Run again, and collect into that run.',
      });
    }
    const { organization, effective } = await recordedDocuments(run, places);
    const sources = organization.value.audit?.sources ?? [];
    const named = sources.find(({ mapping }) => mapping !== undefined)?.mapping;
    const byEnding = /\.(nd)?jsonl?$/i.test(flags.audit) ? 'auditevent-ndjson' : 'access-log-csv';
    const mapping = await loadAuditMapping(
      flags.mapping ?? named ?? byEnding,
      new URL('profiles/', places.packageFolder),
    );
    const recorded = run.hasScorecard ? (await readRecordedScorecard(folder)).scorecard : undefined;
    const collected = await collectAuditFile({
      folder,
      header: run.header,
      made,
      signIns: run.events.filter(({ event }) => event === 'sign-in').map(({ data }) => data),
      lastEnd,
      continueFrom: { seq: run.lineCount, previous: run.evidenceHead },
      contract: effective,
      organization: organization.value,
      environmentId: run.header.environment.id,
      file: flags.audit,
      mapping,
      now,
    });
    const longer = await readRunFolder(folder);
    const scorecard = await scoreRun(longer, places, {
      gate: recorded?.decision.gate ?? run.header.gate,
      ...(recorded?.decision.baseline == null ? {} : { baseline: recorded.decision.baseline }),
    });
    await writeWhole(folder, 'scorecard.json', scorecardJson(scorecard));
    // The page to forward would otherwise go on saying what was true before.
    await writeReports(scorecard, [{ format: 'markdown', path: join(folder, 'report.md') }], {
      sha256: longer.evidenceHead,
      runPath: folder,
    });
    return { collected, scorecard };
  } finally {
    await release();
  }
}

const titles: Readonly<Record<keyof LogFacts, string>> = {
  'reads-in-log': 'reads and searches',
  'writes-in-log': 'writes',
  'refusals-in-log': 'refusals',
};

function page({ facts, rows, own, unreadable }: Collected, { decision }: Scorecard, folder: string): string {
  const lines = Object.entries(facts).map(([kind, fact]) => {
    const title = titles[kind as keyof LogFacts].padEnd(20);
    return 'missing' in fact
      ? `  ${title} not shown: ${fact.detail ?? fact.missing}`
      : `  ${title} ${fact.found} of ${fact.expected} found, ${fact.leftOver} left over`;
  });
  return [
    `${rows} records read, ${own} of this run kept as counts, ${unreadable} not readable`,
    ...lines,
    decision.words,
    `Report: ${folder}/report.md`,
    '',
  ].join('\n');
}
