import { parseJson } from '../fhir/json.js';
import { readAuditEvent } from '../fhir/audit-event.js';
import { localReference } from '../fhir/reference.js';
import { accessKinds, type AccessKind, type LoggedAccess } from '../model/audit-access.js';
import { columnRoles, type AuditMapping, type ColumnRole } from '../model/documents/audit-mapping.js';
import { ToolError } from '../model/errors.js';
import type { Resource } from 'fhir/r4.js';
import { csvRecords, linesOf } from './log-file.js';

/** One record of a log, or undefined for one that cannot be read as an access. */
export interface LogRecord {
  readonly number: number;
  readonly access: LoggedAccess | undefined;
}

/**
 * The records of an exported log as a mapping reads them.
 * @throws LogFault; ToolError `audit-columns-missing` when the first row lacks what the mapping needs
 */
export async function* logRecords(text: AsyncIterable<string>, mapping: AuditMapping): AsyncGenerator<LogRecord> {
  if (mapping.format === 'auditevent-ndjson') {
    for await (const { number, text: line } of linesOf(text)) {
      if (line.trim() !== '') yield { number, access: accessOfLine(line) };
    }
    return;
  }
  let read: ((cells: readonly string[]) => LoggedAccess | undefined) | undefined;
  for await (const { number, cells } of csvRecords(text, mapping.delimiter ?? ',')) {
    if (read === undefined) read = rowReader(cells, mapping);
    else yield { number, access: read(cells) };
  }
}

function accessOfLine(line: string): LoggedAccess | undefined {
  const parsed = parseJson(new TextEncoder().encode(line));
  return 'value' in parsed && typeof parsed.value === 'object' && parsed.value !== null
    ? readAuditEvent(parsed.value as Resource)
    : undefined;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '');

function rowReader(
  header: readonly string[],
  mapping: AuditMapping,
): (cells: readonly string[]) => LoggedAccess | undefined {
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
    if (atMs === undefined) return undefined;
    const [type, outcome] = [all('type')[0], all('outcome')[0]];
    const kind = kinds.get(plain(all('kind')[0] ?? ''));
    const object = objectOf(all('object')[0], type);
    const version = all('version')[0] ?? /\/_history\/([A-Za-z0-9.-]{1,64})$/.exec(all('object')[0] ?? '')?.[1];
    const of = object?.split('/')[0] ?? type;
    return {
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
