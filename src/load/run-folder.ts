import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { chainBreak, chainStart, sha256Hex } from '../model/chain.js';
import { ToolError } from '../model/errors.js';
import {
  evidenceLineSchemas,
  evidenceSchemaVersion,
  type EvidenceEnd,
  type EvidenceHeader,
  type EvidenceInput,
  type EvidenceLine,
  type ExchangeLine,
} from '../model/evidence.js';
import type { RecordedFact } from '../model/fact.js';
import { visitLines, type NdjsonLine } from './ndjson-lines.js';
import { readDocumentFile } from './read-file.js';

type EvidenceEvent = Extract<EvidenceLine, { type: 'event' }>;
type EvidenceSegment = Extract<EvidenceLine, { type: 'segment' }>;

/** A recorded run, checked: its chain holds and every input has the digest the header states. */
export interface RecordedRun {
  readonly header: EvidenceHeader;
  /** Bytes of every input, with its role. */
  readonly inputs: readonly (EvidenceInput & { readonly bytes: Uint8Array })[];
  readonly facts: readonly RecordedFact[];
  readonly events: readonly EvidenceEvent[];
  readonly segments: readonly EvidenceSegment[];
  readonly ends: readonly EvidenceEnd[];
  /** The last line is an end and nothing is torn off behind it. */
  readonly complete: boolean;
  /** The exchanges that facts cite, by id; at most 20 per fact. */
  readonly exchangesById: ReadonlyMap<string, ExchangeLine>;
  readonly exchangeCount: number;
  /** Lines of the evidence: where a later segment goes on. */
  readonly lineCount: number;
  /** SHA-256 of the last line of the evidence. */
  readonly evidenceHead: string;
  /** There is a scorecard.json beside the evidence. */
  readonly hasScorecard: boolean;
}

const evidenceName = 'evidence.ndjson';
const journalName = 'journal.ndjson';
const scorecardName = 'scorecard.json';
const utf8 = new TextDecoder('utf-8', { fatal: true });
const maxCitedPerFact = 20;
/** Facts are held in memory; a run of 200 organizations has some thousands. */
const maxFacts = 200_000;
const maxEntries = 1_000;

const refused = (code: string, place: string, seen: string, next?: string): ToolError =>
  new ToolError(code, `${place}: ${seen}`, { next: next ?? 'Use the folder as the run wrote it, or run again.' });

type Chained = { readonly seq: number; readonly previous: string };

function parsed({ bytes, number }: NdjsonLine, name: string): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw refused('unreadable-line', `${name}:${number}`, 'not a line of JSON in UTF-8');
  }
}

interface ChainedLine {
  /** `FILE:LINE`, for refusals. */
  readonly place: string;
  readonly value: object;
  readonly sha256: string;
}

/** Follows a chain. Resolves to whether the end is torn, as an interrupted write leaves it; a torn line is not visited. */
async function visitChain(path: string, name: string, visit: (line: ChainedLine) => void): Promise<{ torn: boolean }> {
  let expected: Chained = { seq: 0, previous: chainStart };
  let torn = false;
  await visitLines(path, name, (line) => {
    torn = line.torn;
    if (torn) return 'stop';
    const value = parsed(line, name);
    const place = `${name}:${line.number}`;
    if (typeof value !== 'object' || value === null) throw refused('unreadable-line', place, 'not an object');
    const fault = chainBreak(value, expected);
    if (fault !== undefined) {
      const seen = fault === 'order' ? 'a line is missing, moved or added here' : 'the line before was changed';
      throw refused('broken-chain', place, seen);
    }
    const sha256 = sha256Hex(line.bytes);
    expected = { seq: expected.seq + 1, previous: sha256 };
    visit({ place, value, sha256 });
    return undefined;
  });
  return { torn };
}

function evidenceReader() {
  const schemas = Object.fromEntries(
    Object.entries(evidenceLineSchemas).map(([type, schema]) => [type, Compile(schema)]),
  );
  return (value: object, place: string): EvidenceLine => {
    const { type, schemaVersion } = value as { type?: unknown; schemaVersion?: unknown };
    if (type === 'header' && schemaVersion !== evidenceSchemaVersion) {
      const next = 'Score it with the version of the tool that recorded it.';
      throw refused('evidence-of-another-version', place, `schema version is not ${evidenceSchemaVersion}`, next);
    }
    const schema = typeof type === 'string' && Object.hasOwn(schemas, type) ? schemas[type] : undefined;
    if (schema === undefined || !schema.Check(value)) {
      throw refused('unknown-line', place, 'a line of evidence this version does not know');
    }
    return value as EvidenceLine;
  };
}

async function checkEntries(folder: string): Promise<{ inputs: string[]; hasScorecard: boolean; hasJournal: boolean }> {
  const names = await readdir(folder).catch(() => {
    throw refused('not-a-run-folder', folder, 'no folder that can be read', 'Give the folder that `run` printed.');
  });
  if (!names.includes(evidenceName)) {
    throw refused('not-a-run-folder', folder, `has no ${evidenceName}`, 'Give the folder that `run` printed.');
  }
  const inputs = names.includes('inputs') ? await listInputs(join(folder, 'inputs')) : [];
  const all = [...names, ...inputs.map((name) => join('inputs', name))];
  if (all.length > maxEntries) throw refused('too-many-files', folder, `more than ${maxEntries} entries`);
  for (const [index, name] of all.entries()) {
    const stats = await lstat(join(folder, name));
    if (!stats.isFile() && !stats.isDirectory()) {
      throw refused('not-a-file', `entry ${index + 1} of the run folder`, 'a link, pipe or device');
    }
  }
  return { inputs, hasScorecard: names.includes(scorecardName), hasJournal: names.includes(journalName) };
}

async function listInputs(folder: string): Promise<string[]> {
  const stats = await lstat(folder);
  if (!stats.isDirectory()) throw refused('not-a-file', 'inputs', 'not a folder');
  return readdir(folder);
}

async function readInputs(folder: string, header: EvidenceHeader, names: readonly string[]) {
  const listed = new Set(header.inputs.map((input) => input.name));
  if (names.some((name) => !listed.has(name))) {
    throw refused('unlisted-input', 'inputs', 'holds a file that the evidence does not name');
  }
  return Promise.all(
    header.inputs.map(async (input) => {
      const place = `inputs/${input.name}`;
      const { bytes } = await readDocumentFile(join(folder, 'inputs', input.name), place);
      if (sha256Hex(bytes) !== input.sha256) throw refused('digest-differs', place, 'was changed since the run');
      return { ...input, bytes };
    }),
  );
}

/** Exchanges by id; a second reading, so that memory does not grow with those nobody cites. */
async function citedExchanges(path: string, cited: ReadonlySet<string>): Promise<Map<string, ExchangeLine>> {
  const found = new Map<string, ExchangeLine>();
  if (cited.size === 0) return found;
  await visitLines(path, evidenceName, (line) => {
    if (line.torn) return 'stop';
    const value = parsed(line, evidenceName) as EvidenceLine;
    if (value.type === 'exchange' && cited.has(value.id)) found.set(value.id, value);
    return found.size === cited.size ? 'stop' : undefined;
  });
  return found;
}

async function checkJournal(path: string, ends: readonly EvidenceEnd[]): Promise<void> {
  const wanted = new Set(ends.map((end) => end.journalHead));
  wanted.delete(chainStart);
  await visitChain(path, journalName, ({ sha256 }) => wanted.delete(sha256));
  if (wanted.size > 0) throw refused('broken-chain', journalName, 'does not hold what the evidence closed with');
}

/**
 * Reads a run folder: chain, digests, schema of every line. Memory grows with facts, not with exchanges.
 * @throws ToolError (exit 2) naming the first bad line, never its content: broken or reordered chain, digest mismatch,
 * unknown line or schema version, link, pipe or device in the folder, a line over 1 MiB, a file over 2 GiB
 */
export async function readRunFolder(
  folder: string,
  /** Sees every exchange, for what is counted over all of them. */
  onExchange: (line: ExchangeLine) => void = () => undefined,
): Promise<RecordedRun> {
  const entries = await checkEntries(folder);
  const path = join(folder, evidenceName);
  const read = evidenceReader();
  const facts: RecordedFact[] = [];
  const events: EvidenceEvent[] = [];
  const segments: EvidenceSegment[] = [];
  const ends: EvidenceEnd[] = [];
  const cited = new Set<string>();
  let header: EvidenceHeader | undefined = undefined as EvidenceHeader | undefined;
  let exchangeCount = 0;
  let lineCount = 0;
  let evidenceHead = chainStart;
  let complete = false;
  const { torn } = await visitChain(path, evidenceName, ({ place, value, sha256 }) => {
    const line = read(value, place);
    evidenceHead = sha256;
    lineCount += 1;
    complete = line.type === 'end';
    if ((line.type === 'header') !== (header === undefined)) {
      throw refused('unknown-line', place, 'the header is the first line and the only one');
    }
    if (line.type === 'header') header = line;
    else if (line.type === 'exchange') {
      exchangeCount += 1;
      onExchange(line);
    } else if (line.type === 'event') events.push(line);
    else if (line.type === 'segment') segments.push(line);
    else if (line.type === 'end') ends.push(line);
    else {
      if (facts.length === maxFacts) throw refused('too-many-facts', place, `more than ${maxFacts} facts`);
      facts.push(line);
      for (const id of line.exchanges.slice(0, maxCitedPerFact)) cited.add(id);
    }
  });
  if (header === undefined) throw refused('not-a-run-folder', evidenceName, 'has no header');
  if (entries.hasJournal) await checkJournal(join(folder, journalName), ends);
  else if (ends.some((end) => end.journalHead !== chainStart)) {
    throw refused('broken-chain', journalName, 'is missing');
  }
  return {
    header,
    inputs: await readInputs(folder, header, entries.inputs),
    facts,
    events,
    segments,
    ends,
    complete: complete && !torn,
    exchangesById: await citedExchanges(path, cited),
    exchangeCount,
    lineCount,
    evidenceHead,
    hasScorecard: entries.hasScorecard,
  };
}
