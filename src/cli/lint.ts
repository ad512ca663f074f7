import type { Command } from 'commander';
import type { LoadedDocument, LoadOptions } from '../load/documents.js';
import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Problem } from '../model/documents/problem.js';
import { exitCodes, ToolError } from '../model/errors.js';
import { counted } from '../report/words.js';
import type { PackagePlaces } from './main.js';

interface LintOptions {
  readonly json?: boolean;
  readonly secretsDir?: string;
  readonly allowEnv?: readonly string[];
}

/** One line of the result. `refused`: the file cannot be used; `problem`: a check will fail; `note`: somebody has to decide. */
export interface LintFinding {
  readonly level: 'refused' | 'problem' | 'note';
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The finding as a person reads it, with the frame. */
  readonly text: string;
}

interface LintResult {
  readonly findings: readonly LintFinding[];
  readonly contract?: LoadedDocument<Contract>;
  readonly organization?: LoadedDocument<OrganizationProfile>;
}

/** Everything that is wrong with these files, each alone and every contract with every organization. Never throws for a file's content. */
export async function lintFiles(paths: readonly string[], options: LoadOptions): Promise<LintFinding[]> {
  const { crossProblems } = await import('../load/cross-problems.js');
  const results: LintResult[] = [];
  for (const path of paths) results.push(await lintFile(path, options));
  const findings = results.flatMap((result) => [...result.findings]);
  for (const { contract } of results) {
    for (const { organization } of results) {
      if (contract === undefined || organization === undefined) continue;
      const sources = new Map([...contract.sources, ...organization.sources]);
      findings.push(...(await asFindings(crossProblems(contract, organization), sources)));
    }
  }
  return findings;
}

async function lintFile(path: string, options: LoadOptions): Promise<LintResult> {
  const load = await import('../load/documents.js');
  try {
    const kind = await load.documentKind(path);
    if (kind === 'WorkflowContract') {
      const contract = await load.loadContract(path, options);
      return { findings: await asFindings(contract.problems, contract.sources), contract };
    }
    if (kind === 'OrganizationProfile') {
      const organization = await load.loadOrganization(path, options);
      return { findings: await asFindings(organization.problems, organization.sources), organization };
    }
    if (kind === 'EhrProfile') await load.loadEhrProfile(path, options);
    else {
      const { policySchema } = await import('../model/documents/policy.js');
      await load.loadDocument(path, 'policies', policySchema, options);
    }
    return { findings: [] };
  } catch (error) {
    if (error instanceof ToolError) return { findings: await refusals(error, path) };
    throw error;
  }
}

async function refusals(error: ToolError, path: string): Promise<LintFinding[]> {
  const { DocumentError, renderFault } = await import('../load/document-fault.js');
  if (!(error instanceof DocumentError)) {
    const text = `${error.message}${error.next === undefined ? '' : `\n${error.next}`}`;
    return [{ level: 'refused', code: error.code, file: path, line: 1, column: 1, message: error.message, text }];
  }
  return error.faults.slice(0, 100).map((fault) => ({
    level: 'refused',
    code: fault.code,
    file: fault.span.file,
    line: fault.span.line,
    column: fault.span.column,
    message: fault.message,
    text: renderFault(fault, error.sources.get(fault.span.file)),
  }));
}

async function asFindings(problems: readonly Problem[], sources: ReadonlyMap<string, string>): Promise<LintFinding[]> {
  const { renderFault } = await import('../load/document-fault.js');
  return problems.map((problem) => ({
    level: problem.code === 'override-missing' ? 'note' : 'problem',
    code: problem.code,
    file: problem.span.file,
    line: problem.span.line,
    column: problem.span.column,
    message: problem.message,
    text: renderFault(problem, sources.get(problem.span.file)),
  }));
}

/** `lint FILE...`: exit 0 clean, 1 when a check will fail, 2 when a file cannot be used at all. */
export function addLintCommand(program: Command, places: PackagePlaces): void {
  program
    .command('lint')
    .argument('<file...>', 'contracts, organizations, EHR profiles or policies; the kind is read from the file')
    .option('--json', 'print the findings as JSON')
    .option('--secrets-dir <folder>', 'a second folder for file: references')
    .option('--allow-env <name...>', 'variables references may name besides EHR_SCORECARD_…')
    .description('Checks files for mistakes; nothing is sent, no secret is read.')
    .action(async (paths: string[], { json, secretsDir, allowEnv }: LintOptions) => {
      const findings = await lintFiles(paths, {
        profilesFolder: new URL('profiles/', places.packageFolder),
        ...(allowEnv !== undefined && { allowEnv }),
        ...(secretsDir !== undefined && { secretsFolder: secretsDir }),
      });
      const shown = json === true ? [JSON.stringify(findings, undefined, 2)] : findings.map(({ text }) => text);
      if (shown.length > 0) process.stdout.write(`${shown.join('\n\n')}\n`);
      const count = (level: LintFinding['level']): number => findings.filter((each) => each.level === level).length;
      if (count('refused') > 0) {
        throw new ToolError(
          'files-refused',
          `${counted(count('refused'), 'fault')}; at least one file cannot be used.`,
        );
      }
      if (count('problem') > 0) {
        throw new ToolError('problems-found', `${counted(count('problem'), 'problem')} that a check will fail.`, {
          exitCode: exitCodes.failed,
        });
      }
      if (json !== true)
        process.stdout.write(`${paths.length === 1 ? 'No mistake' : `No mistake in ${paths.length} files`}.\n`);
    });
}
