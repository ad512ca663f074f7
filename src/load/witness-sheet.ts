import { witnessSheetSchema, type WitnessSheet } from '../model/documents/witness-sheet.js';
import { sha256Hex } from '../model/chain.js';
import { ToolError } from '../model/errors.js';
import { DocumentError, type DocumentFault } from './document-fault.js';
import { spanAt } from './problem-list.js';
import { documentText, readDocumentFile } from './read-file.js';
import { didYouMean, schemaFaults } from './schema-faults.js';
import { parseYaml, plainValue } from './yaml-tree.js';

export interface WitnessContext {
  readonly runId: string;
  /** Actions of the contract by id. */
  readonly actions: readonly string[];
  /** Start of the run, ISO 8601. */
  readonly startedAt: string;
  readonly now: Date;
}

const dayMs = 86_400_000;
const oldestDrillDays = 90;
const clockToleranceMs = 5 * 60_000;

/**
 * A filled-in witness sheet: YAML, or the printed Markdown with its one `yaml` block.
 * @throws ToolError, DocumentError (exit 2): not readable, of another run, one witness, an unknown action, an impossible time
 */
export async function loadWitnessSheet(
  path: string,
  context: WitnessContext,
): Promise<{ readonly sheet: WitnessSheet; readonly sha256: string }> {
  const file = await readDocumentFile(path);
  const text = yamlPart(documentText(file), file.name);
  const { root, faults } = parseYaml(text, file.name);
  const refuse = (all: readonly DocumentFault[]): void => {
    const [first, ...rest] = all;
    if (first !== undefined) throw new DocumentError([first, ...rest], new Map([[file.name, text]]));
  };
  refuse(faults);
  if (root === undefined) throw new ToolError('no-sheet', `${file.name} holds no witness sheet`);
  refuse(schemaFaults(witnessSheetSchema, root));
  const sheet = plainValue(root) as WitnessSheet;
  refuse(sheetProblems(sheet, context).map(({ pointer, ...fault }) => ({ ...fault, span: spanAt(root, pointer) })));
  return { sheet, sha256: sha256Hex(file.bytes) };
}

/** Lines outside the block are blanked, so that places stay those of the file. */
function yamlPart(text: string, name: string): string {
  const lines = text.split(/\r?\n/);
  const open = lines.flatMap((line, index) => (/^```ya?ml\s*$/.test(line) ? [index] : []));
  if (open.length === 0) return text;
  const [start = 0] = open;
  const end = lines.findIndex((line, index) => index > start && /^```\s*$/.test(line));
  if (open.length > 1 || end === -1) {
    throw new ToolError('no-sheet', `${name} must hold one block that starts with \`\`\`yaml and ends with \`\`\``);
  }
  return lines.map((line, index) => (index > start && index < end ? line : '')).join('\n');
}

type SheetProblem = Omit<DocumentFault, 'span'> & { readonly pointer: string };

function sheetProblems(sheet: WitnessSheet, { runId, actions, startedAt, now }: WitnessContext): SheetProblem[] {
  const problems: SheetProblem[] = [];
  const add = (code: string, pointer: string, message: string, next?: string): void => {
    problems.push({ code, pointer, message, ...(next === undefined ? {} : { next }) });
  };
  if (sheet.run !== runId)
    add(
      'sheet-of-another-run',
      '/run',
      `the sheet belongs to run "${sheet.run}", not to "${runId}"`,
      'Give its own run folder.',
    );
  const names = sheet.witnesses.map(({ name }) => name.trim().toLowerCase());
  if (new Set(names).size < 2)
    add('one-witness', '/witnesses', 'two people have to have seen it; the names are the same');
  const time = (pointer: string, at: string, earliestMs: number, words: string): void => {
    const atMs = Date.parse(at);
    if (!(atMs >= earliestMs && atMs <= now.getTime() + clockToleranceMs))
      add('impossible-time', pointer, `"${at}" is not between ${words} and now`);
  };
  const startMs = Date.parse(startedAt);
  const drillsFromMs = now.getTime() - oldestDrillDays * dayMs;
  const drillWords = `${oldestDrillDays} days ago`;
  const known = (pointer: string, action: string | undefined): void => {
    if (action !== undefined && !actions.includes(action))
      add(
        'dangling-reference',
        pointer,
        `there is no action "${action}"`,
        didYouMean(action, actions).trim() || undefined,
      );
  };
  for (const [index, { action, at, found, word }] of (sheet.seen ?? []).entries()) {
    known(`/seen/${index}/action`, action);
    time(`/seen/${index}/at`, at, startMs - clockToleranceMs, 'the start of the run');
    if (found && word === undefined)
      add('no-word', `/seen/${index}`, 'what was found needs the word that stands in it (word)');
  }
  for (const [index, { action, at }] of (sheet.drills ?? []).entries()) {
    known(`/drills/${index}/action`, action);
    time(`/drills/${index}/at`, at, drillsFromMs, drillWords);
  }
  const others: readonly (readonly [string, readonly { readonly at: string }[]])[] = [
    ['/stop/drills', sheet.stop?.drills ?? []],
    ['/idle/tries', sheet.idle?.tries ?? []],
    ['/downtime', sheet.downtime ?? []],
  ];
  for (const [place, rows] of others)
    for (const [index, { at }] of rows.entries()) time(`${place}/${index}/at`, at, drillsFromMs, drillWords);
  return problems;
}
