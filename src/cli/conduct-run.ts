import type { WitnessedObject } from '../gather/probe.js';
import { loadCheck, shortestLoadMs } from '../gather/series/load-plan.js';
import type { Watching } from '../gather/series/observed-plan.js';
import { writeWhole } from '../gather/run-folder.js';
import { durationPattern, parseDurationMs } from '../model/documents/duration.js';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { Scorecard } from '../model/scorecard.js';
import { scorecardJson } from '../model/scorecard-json.js';
import { loadChecks } from './check-catalog.js';
import { prepareRun, type PreparedRun } from './execute-run.js';
import type { PackagePlaces } from './main.js';
import { planPage, type PlanPageInput } from './plan-page.js';
import type { ReportSpec } from './report.js';
import { progressView } from './progress.js';
import { recoverRun, unfinishedRuns } from './recover.js';
import { selectedChecks, type RunFlags } from './run.js';
import type { DocumentFlags } from './run-inputs.js';
import { personAtScreen } from './person-at-screen.js';
import { gateOf } from './score.js';
import { scoreFolder } from './score-run.js';
import { terminalOperator } from './terminal-operator.js';
import { stopSignal } from './stop-signal.js';

/** Fewer events by hand say nothing, and nobody makes more. */
const fewestEvents = 5;
const mostEvents = 300;

/**
 * One run from documents to exit code: load, plan, gather, clean up, score from the run folder alone, report.
 * @throws ToolError exit 2 before anything is sent
 */
export async function conductRun(flags: RunFlags, documents: DocumentFlags, places: PackagePlaces): Promise<ExitCode> {
  refuseLeakyProcess();
  // Whatever is written from here on is for its owner alone (safety rule 33).
  process.umask(0o077);
  const gate = gateOf(flags.gate);
  const { parseReportFlag } = await import('./report.js');
  const reports = (flags.report ?? []).map(parseReportFlag);
  const checks = await loadChecks(places.checksFolder);
  const selected = selectedChecks(
    flags,
    checks.map((check) => check.id),
  );
  const baseline =
    gate.file === undefined
      ? undefined
      : (await (await import('../load/scorecard.js')).readScorecard(gate.file)).scorecard;
  const stop = stopSignal();
  const operator = terminalOperator();
  const watching = watchingOf(flags);
  const person = watching?.by === 'hand' && flags.dryRun !== true ? personAtScreen() : undefined;
  // A live line and somebody's Enter do not share a terminal.
  const view = await progressView(flags.quiet === true || flags.dryRun === true || person !== undefined);
  const deadline =
    flags.maxDuration === undefined ? undefined : AbortSignal.timeout(parseDurationMs(flags.maxDuration));
  try {
    const prepared = await prepareRun(
      {
        ...documents,
        writes: flags.writes,
        gate: gate.gate,
        output: flags.output,
        signal: deadline === undefined ? stop.signal : AbortSignal.any([stop.signal, deadline]),
        onProgress: (progress) => view.show(progress),
        ...(selected === undefined ? {} : { selected }),
        ...(flags.seed === undefined ? {} : { seed: flags.seed }),
        ...(watching === undefined ? {} : { watching }),
        ...(person === undefined ? {} : { person }),
        ...(flags.only?.includes(loadCheck) ? { loadMs: shortestLoadMs } : {}),
        ...(operator === undefined ? {} : { operator }),
        onProxy: sayWhereTheEhrIs,
        ...(flags.witness === undefined
          ? {}
          : { witness: { mostMs: parseDurationMs(flags.witness), onWait: sayWhereToLook } }),
      },
      places,
      checks,
    );
    if (flags.dryRun) {
      process.stdout.write(planPage({ ...pageInput(prepared, flags), checks }));
      return exitCodes.gateMet;
    }
    await recoverUnfinished(flags, documents, prepared, places, stop.signal);
    const gathered = await prepared.execute();
    view.end();
    if (gathered.code === 'secret-in-output') {
      throw new ToolError('secret-in-output', `${gathered.folder} holds a secret or a value of a test patient`, {
        exitCode: exitCodes.safetyStop,
        next: 'Destroy the run folder and please report this; no report was written.',
      });
    }
    const { scorecard, run } = await scoreFolder(gathered.folder, places, {
      gate: gate.gate,
      ...(baseline === undefined ? {} : { baseline }),
    });
    await writeWhole(gathered.folder, 'scorecard.json', scorecardJson(scorecard));
    await leaveWitnessSheet(gathered.folder, prepared);
    await present(scorecard, { sha256: run.evidenceHead, runPath: gathered.folder }, flags, reports);
    return scorecard.decision.exitCode as ExitCode;
  } finally {
    view.end();
    person?.close();
    stop.dispose();
  }
}

/** The path was made for this run: nobody can know it before. */
function sayWhereTheEhrIs(baseUrl: string): void {
  process.stderr.write(`\nUntil this run ends the AI system reaches its EHR at ${baseUrl}\n`);
}

/** What `--observe` or `--manual` asks for; at most one of them. @throws ToolError exit 2 */
function watchingOf({ observe, manual }: Pick<RunFlags, 'observe' | 'manual'>): Watching | undefined {
  if (observe !== undefined && manual !== undefined) {
    throw new ToolError('watching-twice', '--observe and --manual were both given', {
      exitCode: exitCodes.couldNotStart,
      next: 'Times of what others do and of what one person does are two runs; leave one flag out.',
    });
  }
  if (observe !== undefined) return { by: 'others', forMs: durationFlag('--observe', observe) };
  if (manual === undefined) return undefined;
  const events = /^\d{1,3}$/.test(manual) ? Number(manual) : 0;
  if (events >= fewestEvents && events <= mostEvents) return { by: 'hand', events };
  throw new ToolError(
    'invalid-count',
    `--manual ${manual.slice(0, 20)} is not a number from ${fewestEvents} to ${mostEvents}`,
    {
      exitCode: exitCodes.couldNotStart,
      next: '5 events carry a median, 29 a p90 and 59 a p95.',
    },
  );
}

function durationFlag(flag: string, text: string): number {
  if (new RegExp(durationPattern).test(text)) return parseDurationMs(text);
  throw new ToolError('invalid-duration', `${flag} ${text} is not a duration`, {
    exitCode: exitCodes.couldNotStart,
    next: 'Write it as 30m, 2h, 1d or as ISO 8601 (PT2H).',
  });
}

/** Told while the run waits; nothing about the patient but the alias. */
function sayWhereToLook({ action, resourceType, patient }: WitnessedObject, endsWith: string): void {
  process.stderr.write(
    `\n${action}: a test ${resourceType} of ${patient} is in the EHR now. Look for it on the screen staff use, and note the word in its description.\nTo go on: touch ${endsWith}\n`,
  );
}

/** What only people can see goes onto a sheet of its own. */
async function leaveWitnessSheet(folder: string, { documents, runId }: PreparedRun): Promise<void> {
  const { needsWitness, renderWitnessSheet } = await import('../report/witness-sheet.js');
  const { contract, organization } = documents;
  if (!needsWitness(contract)) return;
  const name = organization.metadata.name ?? organization.metadata.id;
  await writeWhole(folder, 'witness.md', renderWitnessSheet({ runId, contract, organization: name }));
}

function pageInput(prepared: PreparedRun, flags: RunFlags): Omit<PlanPageInput, 'checks'> {
  const { documents, planned } = prepared;
  return { documents, plan: planned.plan, refusal: planned.refusal, tier: flags.writes };
}

// An unfinished earlier run may still have objects in the EHR: its journal comes first (safety rule 24).
async function recoverUnfinished(
  flags: RunFlags,
  documents: DocumentFlags,
  prepared: PreparedRun,
  places: PackagePlaces,
  signal: AbortSignal,
): Promise<void> {
  const { organization, environment } = prepared.documents;
  const folders = await unfinishedRuns(flags.output, organization.metadata.id, environment.fhirBase);
  if (folders.length === 0) return;
  const recover = flags.recover ?? process.env['CI'] !== undefined;
  for (const folder of folders) {
    if (!recover) {
      throw new ToolError('unfinished-run', `the run ${folder} was interrupted and may have left objects in the EHR`, {
        next: `Run \`ehr-scorecard cleanup ${folder} --organization ${documents.organization}\`, or add --recover.`,
      });
    }
    const { undone, residue } = await recoverRun(folder, documents, places, signal);
    process.stderr.write(`${folder}: ${undone} undone, ${residue.length} left\n`);
  }
}

async function present(
  scorecard: Scorecard,
  origin: { readonly sha256: string; readonly runPath: string },
  flags: RunFlags,
  reports: readonly ReportSpec[],
): Promise<void> {
  const [{ renderTerminal }, { pagesOf, writeReports }] = await Promise.all([
    import('../report/terminal.js'),
    import('./report.js'),
  ]);
  const pages = pagesOf(origin.runPath);
  await writeReports(scorecard, [...pages, ...reports], origin);
  if (flags.json) process.stdout.write(scorecardJson(scorecard));
  else {
    const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    const width = process.stdout.columns ?? 100;
    const reportPath = pages.find(({ format }) => format === 'html')?.path;
    const places = { runPath: origin.runPath, ...(reportPath === undefined ? {} : { reportPath }) };
    process.stdout.write(renderTerminal(scorecard, { color, width, ...places }));
  }
}

// Any of these would print request headers, and so tokens, past our own output doors (safety rule 32).
function refuseLeakyProcess(): void {
  const options = `${process.env['NODE_OPTIONS'] ?? ''} ${process.execArgv.join(' ')}`;
  const leaky = [
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' ? 'NODE_TLS_REJECT_UNAUTHORIZED=0' : undefined,
    process.env['NODE_DEBUG'] ? 'NODE_DEBUG' : undefined,
    process.env['DEBUG'] ? 'DEBUG' : undefined,
    /--inspect|--tls-keylog|--heapsnapshot|--report-/.exec(options)?.[0],
  ].filter((each) => each !== undefined);
  if (leaky.length > 0) {
    throw new ToolError(
      'leaky-process',
      `${leaky.join(', ')} is set, which can print credentials or accept any certificate`,
      {
        next: 'Unset it for this command.',
      },
    );
  }
}
