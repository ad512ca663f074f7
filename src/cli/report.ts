import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { writeWhole } from '../gather/run-folder.js';
import { ToolError } from '../model/errors.js';
import type { Scorecard } from '../model/scorecard.js';
import type { PackagePlaces } from './main.js';

export const reportFormats = ['terminal', 'markdown', 'html', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const extensions: Readonly<Record<ReportFormat, string>> = {
  terminal: 'txt',
  markdown: 'md',
  html: 'html',
  json: 'json',
};

export interface ReportSpec {
  readonly format: ReportFormat;
  readonly path: string;
}

/** Where a scorecard came from, as the report says it. */
interface Origin {
  readonly unverified?: boolean;
  readonly sha256?: string;
  readonly runPath?: string;
}

/** `markdown=report.md` in its two parts. @throws ToolError `unknown-report-format`, `no-report-path` (exit 2) */
export function parseReportFlag(text: string): ReportSpec {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  const format = reportFormats.find((one) => one === name);
  if (format === undefined) {
    throw new ToolError(
      'unknown-report-format',
      `"${name.slice(0, 60)}" is no report format; accepted: ${reportFormats.join(', ')}`,
      { next: 'For example: --report html=report.html' },
    );
  }
  const path = at === -1 ? '' : text.slice(at + 1);
  if (path === '' || /[/\\]$/.test(path)) {
    throw new ToolError('no-report-path', `--report ${format} needs a file to write`, {
      next: `For example: --report ${format}=report.${extensions[format]}`,
    });
  }
  return { format, path };
}

/** One report as text; without colour unless it is for this process's own terminal. */
async function rendered(
  scorecard: Scorecard,
  format: ReportFormat,
  origin: Origin,
  screen: { readonly color: boolean; readonly width: number },
): Promise<string> {
  switch (format) {
    case 'terminal':
      return (await import('../report/terminal.js')).renderTerminal(scorecard, { ...screen, ...origin });
    case 'markdown':
      return (await import('../report/markdown.js')).renderMarkdown(scorecard, origin);
    case 'html':
      return (await import('../report/html/page.js')).renderHtml(scorecard, origin);
    case 'json':
      return (await import('../report/json.js')).renderJson(scorecard);
    default:
      return format satisfies never;
  }
}

const asFile = { color: false, width: 100 } as const;

/** Writes each report whole or not at all, for the owner alone to read. @throws ToolError `cannot-write-report` (exit 2) */
export async function writeReports(
  scorecard: Scorecard,
  specs: readonly ReportSpec[],
  origin: Origin = {},
): Promise<void> {
  for (const { format, path } of specs) {
    const text = await rendered(scorecard, format, origin, asFile);
    await writeWhole(dirname(path), basename(path), text).catch(() => {
      throw new ToolError('cannot-write-report', `${path}: the ${format} report could not be written`, {
        next: 'Name a file in a folder that exists and can be written.',
      });
    });
  }
}

/** The pages to forward that stand in a run folder beside its scorecard. */
export const pagesOf = (folder: string): readonly ReportSpec[] =>
  (['markdown', 'html'] as const).map((format) => ({ format, path: join(folder, `report.${extensions[format]}`) }));

interface ReportFlags {
  readonly format: ReportFormat;
  readonly output?: string;
}

export function addReportCommand(program: Command, places: PackagePlaces): void {
  program
    .command('report')
    .argument('<run>', 'a run folder, or a scorecard.json by itself')
    .addOption(new Option('--format <format>', 'of the report').choices([...reportFormats]).default('terminal'))
    .option('--output <file>', 'write a file instead of printing')
    .description('Computes the scorecard of a run again from its evidence and prints it for a reader; sends nothing.')
    .action(async (run: string, flags: ReportFlags) => {
      const { scorecard, origin } = await scorecardOf(run, places);
      // JSON has no line for it, so whoever started the command is told.
      if (origin.unverified === true && flags.format === 'json') {
        process.stderr.write(`${(await import('../report/words.js')).unverifiedWords}\n`);
      }
      if (flags.output !== undefined) {
        await writeReports(scorecard, [parseReportFlag(`${flags.format}=${flags.output}`)], origin);
        return;
      }
      const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
      const screen = { color, width: process.stdout.columns ?? asFile.width };
      process.stdout.write(await rendered(scorecard, flags.format, origin, screen));
    });
}

/** Of a folder: computed again from the evidence. Of a file: what it says, marked as unverified. */
async function scorecardOf(
  run: string,
  places: PackagePlaces,
): Promise<{ readonly scorecard: Scorecard; readonly origin: Origin }> {
  const isFile = await stat(run).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) {
    const [{ readScorecard }, { createHash }] = await Promise.all([
      import('../load/scorecard.js'),
      import('node:crypto'),
    ]);
    const { scorecard, text } = await readScorecard(run);
    return { scorecard, origin: { unverified: true, sha256: createHash('sha256').update(text).digest('hex') } };
  }
  const { scoreFolder } = await import('./score-run.js');
  const { scorecard, run: recorded } = await scoreFolder(run, places);
  return { scorecard, origin: { sha256: recorded.evidenceHead, runPath: run } };
}
