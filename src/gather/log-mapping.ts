import { parseJson } from '../fhir/json.js';
import { readAuditContent } from '../fhir/audit-record-content.js';
import { readAuditEvent } from '../fhir/audit-event.js';
import { localReference } from '../fhir/reference.js';
import { accessKinds, type AccessKind, type LoggedAccess } from '../model/audit-access.js';
import { forbiddenIn, recordElements, type RecordContent, type RecordElement } from '../model/audit-record.js';
import { columnRoles, type AuditMapping, type ColumnRole } from '../model/documents/audit-mapping.js';
import { ToolError } from '../model/errors.js';
import type { Resource } from 'fhir/r4.js';
import { csvRecords, linesOf } from './log-file.js';

/** One record of a log, or undefined for one that cannot be read as an access. */
export interface LogRecord {
  readonly number: number;
  readonly access: LoggedAccess | undefined;
  readonly content?: RecordContent;
}

/**
 * The records of an exported log as a mapping reads them.
 * @throws LogFault; ToolError `audit-columns-missing` when the first row lacks what the mapping needs
 */
export async function* logRecords(text: AsyncIterable<string>, mapping: AuditMapping): AsyncGenerator<LogRecord> {
  if (mapping.format === 'auditevent-ndjson') {
    for await (const { number, text: line } of linesOf(text)) {
      if (line.trim() !== '') yield { number, ...recordOfLine(line) };
    }
    return;
  }
  let read: RowReader | undefined;
  for await (const { number, cells } of csvRecords(text, mapping.delimiter ?? ',')) {
    if (read === undefined) read = rowReader(cells, mapping);
    else yield { number, ...read(cells) };
  }
}

type Read = Omit<LogRecord, 'number'>;
type RowReader = (cells: readonly string[]) => Read;

/** Neither tokens nor values of the run are at hand when a file is brought later: only their shapes are looked for. */
const noSecrets = { tokens: [], values: [] };

function recordOfLine(line: string): Read {
  const parsed = parseJson(new TextEncoder().encode(line));
  if (!('value' in parsed) || typeof parsed.value !== 'object' || parsed.value === null) return { access: undefined };
  const resource = parsed.value as Resource;
  const access = readAuditEvent(resource);
  return access === undefined ? { access } : { access, content: readAuditContent(resource, access, noSecrets) };
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '');

function rowReader(header: readonly string[], mapping: AuditMapping): RowReader {
  const names = header.map(plain);
  const places = new Map(
    columnRoles.map((role): [ColumnRole, number[]] => [
      role,
      (mapping.columns?.[role] ?? []).map((name) => names.indexOf(plain(name))).filter((index) => index !== -1),
    ]),
  );
  const has = (role: ColumnRole): boolean => (places.get(role) ?? []).length > 0;
  if (!has('time') || (!has('client') && !has('requestId'))) {
    const listed = (role: ColumnRole): string => (mapping.columns?.[role] ?? []).join(', ') || 'none';
    throw new ToolError(
      'audit-columns-missing',
      `the first row of the audit file has ${header.length} columns, and not what mapping ${mapping.metadata.id} looks for: time (${listed('time')}) and client (${listed('client')}) or requestId (${listed('requestId')})`,
      {
        next: 'Copy profiles/audit-mappings/access-log-csv.yaml, name your columns in it, and give it with --mapping.',
      },
    );
  }
  const kinds = new Map(
    accessKinds.flatMap((kind) =>
      (mapping.kinds?.[kind] ?? []).map((word): [string, AccessKind] => [plain(word), kind]),
    ),
  );
  const failure = new Set((mapping.failure ?? []).map(plain));
  return (cells) => {
    const all = (role: ColumnRole): string[] =>
      (places.get(role) ?? []).map((index) => (cells[index] ?? '').trim()).filter((cell) => cell !== '');
    const atMs = timeOf(all('time')[0], mapping.offset ?? 'Z');
    if (atMs === undefined) return { access: undefined };
    const [type, outcome] = [all('type')[0], all('outcome')[0]];
    const kind = kinds.get(plain(all('kind')[0] ?? ''));
    const object = objectOf(all('object')[0], type);
    const version = all('version')[0] ?? /\/_history\/([A-Za-z0-9.-]{1,64})$/.exec(all('object')[0] ?? '')?.[1];
    const of = object?.split('/')[0] ?? type;
    const access: LoggedAccess = {
      atMs,
      clients: all('client'),
      patients: all('patient').map((cell) => cell.replace(/^.*Patient\//, '')),
      requestIds: all('requestId'),
      ...(kind === undefined ? {} : { kind }),
      ...(of === undefined ? {} : { of }),
      ...(object === undefined ? {} : { object }),
      ...(version === undefined ? {} : { version }),
      ...(outcome === undefined ? {} : { failed: failure.has(plain(outcome)) || Number(outcome) >= 400 }),
    };
    // A column that may hold either tells a person from a program only beside one that holds the program.
    const apart = (places.get('client') ?? [])
      .filter((index) => !(places.get('user') ?? []).includes(index))
      .map((index) => (cells[index] ?? '').trim())
      .filter((cell) => cell !== '');
    const filled: Readonly<Record<RecordElement, boolean>> = {
      time: true,
      agent: access.clients.length > 0,
      user: apart.length > 0 && all('user').some((cell) => !apart.includes(cell)),
      patient: access.patients.length > 0,
      object: object !== undefined,
      version: version !== undefined,
      action: kind !== undefined,
      outcome: outcome !== undefined,
      network: all('network').length > 0,
      source: all('source').length > 0,
      purpose: all('purpose').length > 0,
      requestId: access.requestIds.length > 0,
    };
    const has = new Set(recordElements.filter((element) => filled[element]));
    return { access, content: { has, ...forbiddenIn(cells.join('\n'), noSecrets) } };
  };
}

function objectOf(cell: string | undefined, type: string | undefined): string | undefined {
  if (cell === undefined) return undefined;
  return (
    localReference(cell) ?? (type !== undefined && /^[A-Za-z0-9.-]{1,64}$/.test(cell) ? `${type}/${cell}` : undefined)
  );
}

const instant = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/;

// ISO 8601, with a blank for T; anything else is not guessed at.
function timeOf(cell: string | undefined, offset: string): number | undefined {
  const [, date, time, own] = instant.exec(cell ?? '') ?? [];
  if (date === undefined || time === undefined) return undefined;
  const atMs = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}${own ?? offset}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
