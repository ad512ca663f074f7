import { open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { Document, isScalar, parseDocument } from 'yaml';
import { narrowerContract, type NarrowingStep } from '../evaluate/narrower-contract.js';
import { documentText } from '../load/read-file.js';
import type { RecordedRun } from '../load/run-folder.js';
import { plainValue } from '../load/yaml-tree.js';
import type { Contract } from '../model/documents/contract.js';
import { ToolError } from '../model/errors.js';
import type { Scorecard } from '../model/scorecard.js';
import type { PackagePlaces } from './main.js';
import { contractInput, recordedDocuments } from './score-run.js';

type Narrowing = NonNullable<Scorecard['narrowing']>;
type Path = readonly (string | number)[];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nameOf = (item: unknown): unknown => (isRecord(item) ? (item['id'] ?? item['path']) : undefined);

/** The names of list items, where all of them have one. */
function namesOf(items: readonly unknown[]): readonly unknown[] | undefined {
  const names = items.map(nameOf);
  return names.includes(undefined) ? undefined : names;
}

/** Makes a document say `to` where it said `from`; the rest, comments too, stays as it is written. */
function edit(document: Document, from: unknown, to: unknown, at: Path): void {
  if (isDeepStrictEqual(from, to)) return;
  if (isRecord(from) && isRecord(to)) {
    for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) document.deleteIn([...at, key]);
    for (const [key, value] of Object.entries(to)) {
      if (Object.hasOwn(from, key)) edit(document, from[key], value, [...at, key]);
      else document.setIn([...at, key], document.createNode(value));
    }
    return;
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const [before, after] = [namesOf(from), namesOf(to)];
    const left = before?.filter((name) => after?.includes(name));
    // Only where items are gone and none is new or elsewhere can the list stay as it is written.
    if (before !== undefined && isDeepStrictEqual(left, after)) {
      for (const [index, name] of [...before.entries()].reverse()) {
        const place = after?.indexOf(name) ?? -1;
        if (place === -1) document.deleteIn([...at, index]);
        else edit(document, from[index], to[place], [...at, index]);
      }
      return;
    }
  }
  const node = document.getIn(at, true);
  if (isScalar(node) && !isRecord(to) && !Array.isArray(to)) node.value = to;
  else document.setIn(at, document.createNode(to));
}

/** The text as it stands, changed where it has to be; without its comments where its form does not allow that. */
function edited(text: string, to: Contract): Document {
  try {
    const document = parseDocument(text, { merge: false, schema: 'core' });
    edit(document, document.toJS(), to, []);
    if (isDeepStrictEqual(parseDocument(document.toString()).toJS(), to)) return document;
  } catch {
    // An anchor that went while something still refers to it: the text cannot be kept.
  }
  return new Document(to);
}

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** What stands above the contract: what it gave up, and that nobody has agreed to it. */
function headOf({ removed, organization }: Narrowing, runId: string, extended: string | undefined): string[] {
  return [
    `Narrowed by the evidence of run ${runId}: the same workflow with a smaller promise.`,
    ...removed.map(({ part, id, becomes, undo, budgets }) => {
      const gone = [
        ...(undo ? ['its undo'] : []),
        ...(budgets.length === 0 ? [] : [`the budget${budgets.length === 1 ? '' : 's'} ${listed(budgets)}`]),
      ];
      const what = becomes === 'suggest' ? `action ${id} only suggests` : `${part} ${id} is gone`;
      return `- ${what}${gone.length === 0 ? '' : `; with it ${listed(gone)}`}`;
    }),
    ...(extended === undefined ? [] : [`What came from ${extended} is written out, and is still to be confirmed.`]),
    ...(organization.length === 0 ? [] : [`Take out of the organization file: ${listed(organization)}.`]),
    'Whoever agreed to the wider contract has to agree to this one.',
  ];
}

/**
 * The narrower contract as a file of its own: what the run's contract says, `extends` written out, without the parts that are
 * gone. An open question says that nobody has agreed to it.
 */
export async function narrowedContract(run: RecordedRun, places: PackagePlaces, narrowing: Narrowing): Promise<string> {
  const { contract } = await recordedDocuments(run, places);
  // Refused by the schema unless it is one.
  const { extends: extended, ...whole } = plainValue(contract.root) as Contract;
  const steps = narrowing.removed.map(({ part, id }): NarrowingStep => ({ part, id }));
  const narrower = narrowerContract(whole, steps);
  if (narrower === undefined) throw new Error('the parts do not fit the contract they came from');
  const { metadata } = narrower;
  const question = { text: `Is this narrower form agreed to? It was made from run ${run.header.runId}.` };
  const document = edited(documentText(contractInput(run)), {
    ...narrower,
    metadata: { ...metadata, openQuestions: [...(metadata.openQuestions ?? []), question] },
  });
  const said = headOf(narrowing, run.header.runId, extended).map((line) => `# ${line}`);
  const lines = document.toString({ lineWidth: 0, flowCollectionPadding: false }).split('\n');
  // An editor looks for the schema in the first line.
  const first = lines[0]?.startsWith('# yaml-language-server:') === true ? 1 : 0;
  return [...lines.slice(0, first), ...said, ...lines.slice(first)].join('\n');
}

/**
 * Writes a file that does not exist yet, for the owner alone to read.
 * @throws ToolError `file-exists`, `cannot-write` (exit 2)
 */
export async function writeContract(path: string, text: string): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.writeFile(text).finally(() => handle.close());
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new ToolError(
      exists ? 'file-exists' : 'cannot-write',
      `${path} ${exists ? 'exists already and is left as it is' : 'cannot be written'}`,
      { next: exists ? 'Name a new file.' : 'Name a file in a folder that exists and can be written.' },
    );
  }
}
