import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { collectAudit } from '../../src/cli/collect.js';
import { readAuditEvent } from '../../src/fhir/audit-event.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { scoreFolder } from '../../src/cli/score-run.js';
import { readRunFolder } from '../../src/load/run-folder.js';
import { trial } from '../support/trial.js';
import { places } from '../support/places.js';

const root = new URL('../../', import.meta.url);
const logged = ['audit.reads-logged', 'audit.writes-logged', 'audit.denied-logged'];
const besides = ['read.required-fields', 'read.interactions', 'write.version-conflict', 'scope.enforced'];

/** The columns of an export; `time` to the second, as EHRs print it. */
type Row = Readonly<
  Record<'time' | 'client' | 'patient' | 'action' | 'object' | 'version' | 'requestId' | 'outcome', string>
>;

const rowsOf = (event: AuditEvent): Row[] => {
  const read = readAuditEvent(event);
  if (read === undefined) return [];
  const row = {
    time: new Date(read.atMs).toISOString().slice(0, 19).replace('T', ' '),
    client: read.clients[0] ?? '',
    action: read.kind ?? '',
    object: read.object ?? '',
    version: read.version ?? '',
    requestId: read.requestIds[0] ?? '',
    outcome: read.failed === true ? 'Failure' : 'Success',
  };
  const patients = read.patients.length === 0 ? [''] : [...new Set(read.patients)];
  return patients.map((patient) => ({ ...row, patient }));
};

const csv = (rows: readonly Row[], columns: readonly (keyof Row)[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => `"${row[name]}"`).join(','))].join('\r\n');
const everyColumn = ['time', 'client', 'patient', 'action', 'object', 'version', 'requestId', 'outcome'] as const;
const stranger: Row = {
  time: '2026-11-20 08:00:00',
  client: 'somebody-else',
  patient: 'STRANGER-4711',
  action: 'read',
  object: 'Patient/STRANGER-4711',
  version: '',
  requestId: 'not-ours',
  outcome: 'Success',
};

const outcomeOf = ({ checks }: Scorecard, id: string) => {
  const found = checks.find((check) => check.id === id);
  return { outcome: found?.outcome, reason: found?.reason ?? undefined };
};

describe('collect --audit', () => {
  let home: string;
  let folder: string;
  let events: AuditEvent[];
  let rows: Row[];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-collect-'));
    folder = join(home, 'run');
    await trial({
      checks: [...logged, ...besides],
      change: ({ organization }) => {
        organization['audit'] = { sources: [{ kind: 'file', lag: 'P1D', mapping: 'access-log-csv' }] };
      },
      afterwards: async (run) => {
        const lakeside = run.sandbox.organizations.get('lakeside')!;
        lakeside.flushAudit();
        events = Object.values(lakeside.store.snapshot()).filter(
          (resource): resource is AuditEvent => resource.resourceType === 'AuditEvent',
        );
        rows = events.flatMap(rowsOf);
        await cp(run.folder, folder, { recursive: true });
      },
    });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const collected = async (content: string, name: string, flags: { readonly mapping?: string } = {}) => {
    const own = await mkdtemp(join(home, 'case-'));
    const run = join(own, 'run');
    await cp(folder, run, { recursive: true });
    const audit = join(own, name);
    await writeFile(audit, content);
    return { run, ...(await collectAudit(run, { audit, ...flags }, places)) };
  };

  it('is what the run is waiting for', async () => {
    const { scorecard } = await scoreFolder(folder, places);
    for (const id of logged) expect(outcomeOf(scorecard, id)).toEqual({ outcome: 'not-measured', reason: 'not-yet' });
  });

  it('turns a Not shown into an answer, and sends nothing', async () => {
    const connect = vi.spyOn(Socket.prototype, 'connect');
    const before = await readRunFolder(folder);
    const { run, scorecard, collected: result } = await collected(csv([stranger, ...rows], everyColumn), 'log.csv');
    expect(connect).not.toHaveBeenCalled();
    connect.mockRestore();
    const after = await readRunFolder(run);
    expect(after.exchangeCount).toBe(before.exchangeCount);
    expect(after.segments).toMatchObject([{ kind: 'audit-file', sources: [{ sha256: result.sha256 }] }]);
    expect(after.complete).toBe(true);
    expect(outcomeOf(scorecard, 'audit.writes-logged').outcome).toBe('pass');
    expect(outcomeOf(scorecard, 'audit.denied-logged').outcome).toBe('pass');
    expect(['pass', 'warn']).toContain(outcomeOf(scorecard, 'audit.reads-logged').outcome);
    const { 'reads-in-log': reads } = result.facts;
    expect(reads).toMatchObject({ source: 'file', leftOver: 0 });
    if (!('missing' in reads)) expect(reads.found).toBe(reads.expected);
    // Scoring the folder again gives what collect wrote.
    expect((await scoreFolder(run, places)).scorecard).toEqual(scorecard);
  });

  it('keeps nothing of other patients and no id of ours', async () => {
    const { run } = await collected(csv([stranger, ...rows], everyColumn), 'log.csv');
    const added = (await readFile(join(run, 'evidence.ndjson'), 'utf8')).slice(
      (await readFile(join(folder, 'evidence.ndjson'), 'utf8')).length,
    );
    expect(added).not.toContain('STRANGER');
    for (const patient of new Set(rows.map((row) => row.patient).filter(Boolean))) expect(added).not.toContain(patient);
  });

  it('reads AuditEvents one a line', async () => {
    const text = events.map((event) => JSON.stringify(event)).join('\n');
    const { scorecard } = await collected(text, 'log.ndjson', { mapping: 'auditevent-ndjson' });
    expect(outcomeOf(scorecard, 'audit.writes-logged').outcome).toBe('pass');
  });

  it('judges what the records say, whatever the format, and hands out exchanges to look up', async () => {
    const ndjson = events.map((event) => JSON.stringify(event)).join('\n');
    const whole = await collected(ndjson, 'log.ndjson', { mapping: 'auditevent-ndjson' });
    expect(outcomeOf(whole.scorecard, 'audit.record-quality').outcome).toBe('pass');
    expect(whole.scorecard.audit.groups.map(({ group }) => group)).toEqual(['reads', 'writes', 'refusals']);
    expect(whole.scorecard.audit.lookUp).toHaveLength(5);
    const export_ = await collected(csv(rows, everyColumn), 'log.csv');
    expect(outcomeOf(export_.scorecard, 'audit.record-quality').outcome).toBe('pass');
    const nameless = await collected(
      csv(
        rows.map((row) => ({ ...row, patient: '', object: '' })),
        everyColumn,
      ),
      'log.csv',
    );
    expect(nameless.collected.quality).toMatchObject({
      kindsWithoutPatient: expect.arrayContaining(['read Patient']) as string[],
    });
    expect(outcomeOf(nameless.scorecard, 'audit.record-quality').outcome).toBe('fail');
  });

  it('matches by client, patient, kind and time where the log keeps no request id', async () => {
    const columns = everyColumn.filter((name) => name !== 'requestId');
    const { collected: result } = await collected(csv(rows, columns), 'log.csv');
    const { 'reads-in-log': reads, 'writes-in-log': writes } = result.facts;
    for (const fact of [reads, writes]) {
      if ('missing' in fact) throw new Error(fact.missing);
      expect(fact.found).toBe(fact.expected);
      expect(fact.byRequestId).toBe(0);
    }
  });

  it('finds the clients under the names a mapping gives them', async () => {
    const named = rows.map((row) => ({ ...row, client: `App of ${row.client}` }));
    const columns = everyColumn.filter((name) => name !== 'requestId');
    const unknown = await collected(csv(named, columns), 'log.csv');
    expect(unknown.collected.facts['writes-in-log']).toMatchObject({ missing: 'control-failed' });
    const shipped = await readFile(new URL('profiles/audit-mappings/access-log-csv.yaml', root), 'utf8');
    const mapping = join(home, 'mapping.yaml');
    const { events: seen } = await readRunFolder(folder);
    const bindings = new Set(
      seen.filter(({ event }) => event === 'sign-in').map(({ data }) => String(data['binding'])),
    );
    const clients = [...bindings].map((binding) => `  ${binding}: [App of lakeside-${binding}]`);
    await writeFile(mapping, `${shipped}clients:\n${clients.join('\n')}\n`);
    const { scorecard } = await collected(csv(named, columns), 'log.csv', { mapping });
    expect(outcomeOf(scorecard, 'audit.writes-logged').outcome).toBe('pass');
  });

  it('fails a write that the export does not hold', async () => {
    const deletes = rows.filter((row) => row.action !== 'update');
    const { scorecard } = await collected(csv(deletes, everyColumn), 'log.csv');
    expect(outcomeOf(scorecard, 'audit.writes-logged').outcome).toBe('fail');
  });

  it.each([
    ['a quote that never closes', (text: string) => text.replace(/"([^"]*)$/, '$1'), 'truncated'],
    ['rows without a readable time', (text: string) => text.replaceAll(/"\d{4}-(\d\d)-(\d\d) /g, '"$1/$2 '), 'not-yet'],
    ['an empty file', () => '', 'truncated'],
    ['a record without an end', (text: string) => `${text}\r\n"${'x'.repeat(2 * 1024 * 1024)}`, 'too-large'],
  ])('says nothing from %s', async (_name, damage, reason) => {
    const { collected: result, scorecard } = await collected(damage(csv(rows, everyColumn)), 'log.csv');
    const { 'reads-in-log': reads } = result.facts;
    expect(reads).toMatchObject({ missing: expect.stringMatching(new RegExp(`^(${reason}|truncated)$`)) as string });
    expect(outcomeOf(scorecard, 'audit.reads-logged').outcome).toBe('not-measured');
  });

  it('waits for an export that covers the whole run', async () => {
    const early = rows.map((row) => ({ ...row, time: `2020-01-01 ${row.time.slice(11)}` }));
    const { collected: result } = await collected(csv(early, everyColumn), 'log.csv');
    expect(result.facts['writes-in-log']).toMatchObject({ missing: 'not-yet' });
  });

  it('refuses a file without the columns, an unknown mapping and a run that did not end, and changes nothing', async () => {
    await expect(collected('a,b\n1,2\n', 'log.csv')).rejects.toMatchObject({
      code: 'audit-columns-missing',
      exitCode: 2,
    });
    await expect(collected('', 'log.csv', { mapping: 'acess-log-csv' })).rejects.toMatchObject({
      code: 'unknown-mapping',
    });
    const torn = join(home, 'torn');
    await cp(folder, torn, { recursive: true });
    await appendFile(join(torn, 'evidence.ndjson'), '{"seq":');
    const audit = join(home, 'log.csv');
    await writeFile(audit, csv(rows, everyColumn));
    await expect(collectAudit(torn, { audit }, places)).rejects.toMatchObject({ code: 'incomplete-run', exitCode: 2 });
    await expect(collectAudit(folder, { audit: home }, places)).rejects.toMatchObject({ code: 'not-a-file' });
    expect((await readRunFolder(folder)).segments).toEqual([]);
  });
});
