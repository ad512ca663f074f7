import { Value } from 'typebox/value';
import { parseJson } from '../fhir/json.js';
import { clockToleranceMs, runDigest } from '../model/audit-access.js';
import { aiLogCardSchema, aiLogWriteSchema, type AiLogCard, type AiLogWrite } from '../model/documents/ai-log.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { logElements, mostProductWrites, type LogElement } from '../model/facts/product-log.js';
import { CardTally } from './card-tally.js';
import { LogFault, linesOf } from './log-file.js';

export type ProductLog = FactValue<'product-log'>;
type Write = ProductLog['writes'][number];

/** Which lines of a log are about the run. */
export interface ProductLogRun {
  readonly runId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Alias of a listed test patient by its logical id. */
  readonly aliasOf: (patientId: string) => string | undefined;
}

/** What a product sets up for itself, to be told of changes, is no write to anybody's record. */
const ownArrangements: readonly (string | undefined)[] = ['Subscription'];

export const isOwnArrangement = (resourceType: string | undefined): boolean => ownArrangements.includes(resourceType);

/** What the log of an AI system says of its writes and of its cards. */
export interface ProductLogFacts {
  readonly 'product-log': ProductLog | Missing;
  readonly 'card-outcomes': FactValue<'card-outcomes'> | Missing;
}

/**
 * Reads the log of an AI system line by line; memory does not grow with it beyond its cards. Of what it says, digests of
 * objects and requests are kept, of cards how many there were, and of other times and other patients nothing but how many
 * lines there were.
 */
export async function readProductLog(
  text: AsyncIterable<string>,
  run: ProductLogRun,
  source: ProductLog['source'],
): Promise<ProductLogFacts> {
  const writes = new Map<string, Write>();
  const cards = new CardTally(run);
  let [lines, unreadable, elsewhere, untilMs] = [0, 0, 0, 0];
  let firstUnreadable: number | null = null;
  try {
    for await (const { number, text: line } of linesOf(text)) {
      if (line.trim() === '') continue;
      lines += 1;
      const said = lineOf(line);
      const atMs = said === undefined ? Number.NaN : Date.parse(('card' in said ? said.card : said.write).at);
      if (said === undefined || Number.isNaN(atMs)) {
        unreadable += 1;
        firstUnreadable ??= number;
        continue;
      }
      untilMs = Math.max(untilMs, atMs);
      if ('card' in said) {
        cards.note(said.card, atMs);
        continue;
      }
      const write = isOfRun(said.write, atMs, run) ? writeOf(said.write, atMs, run.runId) : undefined;
      if (write === undefined) {
        elsewhere += 1;
        continue;
      }
      writes.set(write.request ?? `line ${number}`, write);
      if (writes.size > mostProductWrites)
        throw new LogFault('too-large', `the log holds more than ${mostProductWrites} writes of the run`);
    }
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    const why = missing(error.reason, error.message);
    return { 'product-log': why, 'card-outcomes': why };
  }
  const until = untilMs === 0 ? null : instantOf(untilMs);
  return {
    'product-log': { source, lines, unreadable, firstUnreadable, elsewhere, until, writes: [...writes.values()] },
    'card-outcomes': cards.outcomes,
  };
}

/** A write with a key called `card` is a write: keys nobody asked for are not read. */
function lineOf(text: string): { readonly write: AiLogWrite } | { readonly card: AiLogCard } | undefined {
  const parsed = parseJson(new TextEncoder().encode(text));
  const value = 'value' in parsed ? parsed.value : undefined;
  if (Value.Check(aiLogWriteSchema, value)) return { write: value };
  return Value.Check(aiLogCardSchema, value) ? { card: value } : undefined;
}

const typeOf = ({ object }: AiLogWrite): string => object.split('/')[0] ?? object;

function isOfRun(line: AiLogWrite, atMs: number, { fromMs, toMs, aliasOf }: ProductLogRun): boolean {
  const during = atMs >= fromMs - clockToleranceMs && atMs <= toMs + clockToleranceMs;
  const patient = line.patient?.replace(/^.*Patient\//, '');
  return during && !isOwnArrangement(typeOf(line)) && (patient === undefined || aliasOf(patient) !== undefined);
}

function writeOf(line: AiLogWrite, atMs: number, runId: string): Write {
  const { object, version, requestId, outcome } = line;
  return {
    at: instantOf(atMs),
    of: typeOf(line),
    ...(object.includes('/') ? { object: runDigest(runId, object) } : {}),
    ...(version === undefined ? {} : { version }),
    ...(requestId === undefined ? {} : { request: runDigest(runId, requestId) }),
    unknown: outcome === 'unknown',
    says: logElements.filter((element) => says(line, element)),
  };
}

function says({ inputs, reviewer, ...line }: AiLogWrite, element: LogElement): boolean {
  if (element === 'inputs') return inputs !== undefined && inputs.length > 0;
  if (element === 'reviewer') return reviewer !== undefined && (reviewer.kind === 'none' || reviewer.id !== undefined);
  return line[element] !== undefined;
}

const instantOf = (ms: number): string => new Date(ms).toISOString();
