import type { Command } from 'commander';
import type { Collected } from '../gather/collect.js';
import type { CollectedAiLog } from '../gather/collect-ai-log.js';
import type { Witnessed } from '../gather/collect-witness.js';
import type { LogFacts } from '../gather/audit-facts.js';
import type { RecordedRun } from '../load/run-folder.js';
import type { MadeAccess } from '../model/audit-access.js';
import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { EvidenceEnd, ExchangeLine } from '../model/evidence.js';
import type { Scorecard } from '../model/scorecard.js';
import type { PackagePlaces } from './main.js';

interface CollectFlags {
  readonly audit?: string;
  readonly mapping?: string;
  readonly witness?: string;
  readonly aiLog?: string;
  readonly json?: true;
}

export function addCollectCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('collect <run-folder>')
    .description('Brings evidence that came after a run into its folder, and scores it again; sends nothing.')
    .option('--audit <file>', 'an export of the EHR’s audit log that covers the run: CSV, or AuditEvents one a line')
    .option('--mapping <name-or-file>', 'how the export is read: access-log-csv, auditevent-ndjson or a file of yours')
    .option('--witness <file>', 'the witness sheet of the run, filled in: Markdown as printed, or its YAML part alone')
    .option(
      '--ai-log <file>',
      'the log of the AI system of the time of the run: one JSON object a line (schema ai-log)',
    )
    .option('--json', 'print what was found as JSON')
    .action(async (folder: string, flags: CollectFlags) => {
      const { audit, witness, aiLog } = flags;
      if ([audit, witness, aiLog].filter((each) => each !== undefined).length !== 1) {
        throw new ToolError(
          'nothing-to-collect',
          'one of --audit, --witness and --ai-log is needed, and one at a time',
        );
      }
      const print = (found: object, { decision }: Scorecard, text: string): void => {
        const json = `${JSON.stringify({ ...found, decision: decision.words })}\n`;
        process.stdout.write(flags.json === true ? json : `${text}${decision.words}\nReport: ${folder}/report.html\n`);
      };
      if (witness !== undefined) {
        const { witnessed, scorecard } = await collectWitnessSheet(folder, witness, places);
        print(witnessed, scorecard, witnessPage(witnessed));
        exit(exitCodes.gateMet);
      } else if (aiLog !== undefined) {
        const { collected, scorecard } = await collectAiLog(folder, aiLog, places);
        print(collected, scorecard, aiLogPage(collected, scorecard));
        exit('missing' in collected.log ? exitCodes.notShown : exitCodes.gateMet);
      } else if (audit !== undefined) {
        const { collected, scorecard } = await collectAudit(folder, { ...flags, audit }, places);
        print(collected, scorecard, page(collected, scorecard));
        const answered = Object.values(collected.facts).some((fact) => !('missing' in fact));
        exit(answered ? exitCodes.gateMet : exitCodes.notShown);
      }
    });
}

/**
 * Adds an exported audit log to a finished run and writes its scorecard anew.
 * @throws ToolError (exit 2), the folder untouched: no finished run, no readable file, no such mapping
 */
export async function collectAudit(
  folder: string,
  flags: Pick<CollectFlags, 'mapping'> & { readonly audit: string },
  places: PackagePlaces,
  now: () => Date = () => new Date(),
): Promise<{ readonly collected: Collected; readonly scorecard: Scorecard }> {
  const [{ collectAuditFile }, { loadAuditMapping }, { accessesMade }] = await Promise.all([
    import('../gather/collect.js'),
    import('../load/audit-mapping.js'),
    import('../model/audit-access.js'),
  ]);
  const made: MadeAccess[] = [];
  const { found, scorecard } = await addToRun(
    folder,
    places,
    (line) => made.push(...accessesMade(line)),
    async ({ run, lastEnd, continueFrom, effective, organization }) => {
      const sources = organization.audit?.sources ?? [];
      const named = sources.find(({ mapping }) => mapping !== undefined)?.mapping;
      const byEnding = /\.(nd)?jsonl?$/i.test(flags.audit) ? 'auditevent-ndjson' : 'access-log-csv';
      const mapping = await loadAuditMapping(
        flags.mapping ?? named ?? byEnding,
        new URL('profiles/', places.packageFolder),
      );
      return collectAuditFile({
        folder,
        header: run.header,
        made,
        signIns: run.events.filter(({ event }) => event === 'sign-in').map(({ data }) => data),
        lastEnd,
        continueFrom,
        contract: effective,
        organization,
        environmentId: run.header.environment.id,
        file: flags.audit,
        mapping,
        now,
      });
    },
  );
  return { collected: found, scorecard };
}

/**
 * Adds the AI system's own log to a finished run and writes its scorecard anew.
 * @throws ToolError (exit 2), the folder untouched: no finished run, no file, or no log of an AI system
 */
export async function collectAiLog(
  folder: string,
  file: string,
  places: PackagePlaces,
  now: () => Date = () => new Date(),
): Promise<{ readonly collected: CollectedAiLog; readonly scorecard: Scorecard }> {
  const [{ collectAiLogFile }, { accessesMade }] = await Promise.all([
    import('../gather/collect-ai-log.js'),
    import('../model/audit-access.js'),
  ]);
  const made: MadeAccess[] = [];
  const { found, scorecard } = await addToRun(
    folder,
    places,
    (line) => made.push(...accessesMade(line)),
    async ({ run: { header }, lastEnd, continueFrom, organization }) =>
      collectAiLogFile({ folder, header, organization, made, lastEnd, continueFrom, file, now }),
  );
  return { collected: found, scorecard };
}

/**
 * Adds a filled-in witness sheet to a finished run and writes its scorecard anew.
 * @throws ToolError (exit 2), the folder untouched: no finished run, a sheet that cannot be read or that counts for nothing
 */
export async function collectWitnessSheet(
  folder: string,
  file: string,
  places: PackagePlaces,
  now: () => Date = () => new Date(),
): Promise<{ readonly witnessed: Witnessed; readonly scorecard: Scorecard }> {
  const [{ collectWitness }, { loadWitnessSheet }] = await Promise.all([
    import('../gather/collect-witness.js'),
    import('../load/witness-sheet.js'),
  ]);
  const { found, scorecard } = await addToRun(
    folder,
    places,
    () => undefined,
    async ({ run, lastEnd, continueFrom, effective }) => {
      const { header, facts } = run;
      const { sheet, sha256 } = await loadWitnessSheet(file, {
        runId: header.runId,
        actions: (effective.actions ?? []).map(({ id }) => id),
        startedAt: header.startedAt,
        now: now(),
      });
      return collectWitness({ folder, header, contract: effective, facts, lastEnd, continueFrom, sheet, sha256, now });
    },
  );
  return { witnessed: found, scorecard };
}

interface FinishedRun {
  readonly run: RecordedRun;
  readonly lastEnd: EvidenceEnd;
  readonly continueFrom: { readonly seq: number; readonly previous: string };
  readonly effective: Contract;
  readonly organization: OrganizationProfile;
}

/** Holds the run's lock while `add` appends to its evidence, then scores it and writes the reports anew. */
async function addToRun<Found>(
  folder: string,
  places: PackagePlaces,
  onExchange: (line: ExchangeLine) => void,
  add: (run: FinishedRun) => Promise<Found>,
): Promise<{ readonly found: Found; readonly scorecard: Scorecard }> {
  const [
    { lockRun },
    { writeWhole },
    { readRunFolder },
    { readRecordedScorecard },
    { recordedDocuments, scoreRun },
    { scorecardJson },
    { pagesOf, writeReports },
  ] = await Promise.all([
    import('../gather/cleanup-run.js'),
    import('../gather/run-folder.js'),
    import('../load/run-folder.js'),
    import('../load/scorecard.js'),
    import('./score-run.js'),
    import('../model/scorecard-json.js'),
    import('./report.js'),
  ]);
  const release = await lockRun(folder, 'collect');
  try {
    const run = await readRunFolder(folder, onExchange);
    const lastEnd = run.ends.at(-1);
    if (!run.complete || lastEnd === undefined || run.ends.some((end) => end.how !== 'complete')) {
      throw new ToolError('incomplete-run', 'the run did not come to its end, so nothing can be added to it', {
        next: 'Run again, and collect into that run.',
      });
    }
    const { organization, effective } = await recordedDocuments(run, places);
    const recorded = run.hasScorecard ? (await readRecordedScorecard(folder)).scorecard : undefined;
    const continueFrom = { seq: run.lineCount, previous: run.evidenceHead };
    const found = await add({ run, lastEnd, continueFrom, effective, organization: organization.value });
    const longer = await readRunFolder(folder);
    const scorecard = await scoreRun(longer, places, {
      gate: recorded?.decision.gate ?? run.header.gate,
      ...(recorded?.decision.baseline == null ? {} : { baseline: recorded.decision.baseline }),
    });
    await writeWhole(folder, 'scorecard.json', scorecardJson(scorecard));
    // The pages to forward would otherwise go on saying what was true before.
    await writeReports(scorecard, pagesOf(folder), { sha256: longer.evidenceHead, runPath: folder });
    return { found, scorecard };
  } finally {
    await release();
  }
}

const titles: Readonly<Record<keyof LogFacts, string>> = {
  'reads-in-log': 'reads and searches',
  'writes-in-log': 'writes',
  'refusals-in-log': 'refusals',
};

function page({ facts, rows, own, unreadable }: Collected, { audit: { lookUp } }: Scorecard): string {
  const lines = Object.entries(facts).flatMap(([name, fact]) => {
    const title = titles[name as keyof LogFacts].padEnd(20);
    if ('missing' in fact) return [`  ${title} not shown: ${fact.detail ?? fact.missing}`];
    return [
      `  ${title} ${fact.found} of ${fact.expected} found, ${fact.leftOver} left over`,
      ...fact.kinds.map(({ kind, found, expected }) => `    ${kind.padEnd(18)} ${found} of ${expected}`),
    ];
  });
  const lookUps = lookUp.map(
    ({ at, method, path, requestId, found }) =>
      `  ${at}  ${method} ${path}  X-Request-Id ${requestId}  ${found ? 'found' : 'not found'}`,
  );
  return [
    `${rows} records read, ${own} of this run kept as counts, ${unreadable} not readable`,
    ...lines,
    ...(lookUps.length === 0 ? [] : ['For the EHR team, to look up in its own log:', ...lookUps]),
    '',
  ].join('\n');
}

const reconciliation = 'audit.vendor-reconcile';

function aiLogPage({ log, cards }: CollectedAiLog, { checks }: Scorecard): string {
  const shown = 'missing' in cards ? 0 : cards.services.reduce((sum, each) => sum + each.shown, 0);
  const outcome = checks.find(({ id }) => id === reconciliation)?.outcome ?? 'not in this policy';
  const read =
    'missing' in log
      ? `  not shown: ${log.detail ?? log.missing}`
      : `${log.lines} lines read, ${log.writes.length} about writes of this run, ${log.elsewhere} about others, ${log.unreadable} not readable${shown === 0 ? '' : `; ${shown} cards of other times`}`;
  return [read, `  ${reconciliation}: ${outcome}`, ''].join('\n');
}

function witnessPage({ facts, sightings, wrongWords }: Witnessed): string {
  return [
    `${sightings} words of this run read off a screen, ${wrongWords} that are not of this run`,
    ...facts.map(({ kind, subject }) => `  ${kind} (${subject})`),
    '',
  ].join('\n');
}
