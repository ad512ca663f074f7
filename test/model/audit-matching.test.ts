import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessesMade,
  groupOf,
  ownRecord,
  runDigest,
  type LoggedAccess,
  type MadeAccess,
  type OwnRecord,
  type RunIdentity,
} from '../../src/model/audit-access.js';
import { matchAudit } from '../../src/model/audit-matching.js';

const startMs = Date.UTC(2026, 10, 20, 8);
const made = (number: number, more: Partial<MadeAccess> = {}): MadeAccess => ({
  exchange: `x${number}`,
  requestIds: [`r${number}`],
  fromMs: startMs + number * 1_000,
  toMs: startMs + number * 1_000 + 50,
  kind: 'read',
  of: 'Patient',
  status: 200,
  binding: 'bot',
  patients: ['pa1'],
  ...more,
});
const record = ({
  kind,
  of,
  binding,
  patients,
  fromMs,
  requestIds,
  object,
  version,
  status,
}: MadeAccess): OwnRecord => ({
  atMs: fromMs + 20,
  bindings: binding === undefined ? [] : [binding],
  patients,
  kind,
  requestIds,
  failed: status >= 400,
  ...(of === undefined ? {} : { of }),
  ...(object === undefined ? {} : { object }),
  ...(version === undefined ? {} : { version }),
});
const without = ({ requestIds: _requestIds, ...rest }: OwnRecord): OwnRecord => ({ ...rest, requestIds: [] });
const write = (number: number, more: Partial<MadeAccess> = {}): MadeAccess =>
  made(number, { kind: 'update', of: 'Task', object: runDigest('run', `Task/${number}`), version: '2', ...more });
const exchange = { granularity: 'exchange' } as const;
const patientAccess = { granularity: 'patient-access' } as const;

const anyAccess = fc
  .record({
    second: fc.integer({ min: 0, max: 300 }),
    kind: fc.constantFrom('read' as const, 'search' as const, 'update' as const, 'delete' as const),
    of: fc.constantFrom('Patient', 'Task', 'Slot'),
    patients: fc.subarray(['pa1', 'pa2']),
    binding: fc.constantFrom('bot', 'nurse'),
    status: fc.constantFrom(200, 403, 412),
  })
  .map(({ second, ...rest }) => ({ ...rest, fromMs: startMs + second * 1_000, toMs: startMs + second * 1_000 + 40 }));
const anyRun = fc
  .array(anyAccess, { maxLength: 60 })
  .map((all) => all.map((access, index) => made(index, { ...access, requestIds: [`r${index}`] })));

describe('matching what was sent with what a log holds', () => {
  it('finds everything in a log that is whole, with request ids and without', () => {
    fc.assert(
      fc.property(anyRun, fc.boolean(), (accesses, named) => {
        const records = accesses.map(record).map((each) => (named ? each : without(each)));
        const groups = matchAudit(accesses, records, exchange);
        for (const group of ['reads', 'writes', 'denied'] as const) {
          expect(groups[group].found).toBe(groups[group].expected);
          expect(groups[group].leftOver).toBe(0);
        }
      }),
    );
  });

  it('misses exactly what was left out, when request ids tell', () => {
    fc.assert(
      fc.property(anyRun, fc.infiniteStream(fc.boolean()), (accesses, coins) => {
        const dropped = new Set(accesses.filter(() => coins.next().value === true));
        const kept = accesses.filter((access) => !dropped.has(access));
        const groups = matchAudit(accesses, kept.map(record), exchange);
        for (const group of ['reads', 'writes', 'denied'] as const) {
          const missing = accesses.filter((access) => groupOf(access) === group && dropped.has(access)).length;
          expect(groups[group].expected - groups[group].found).toBe(missing);
        }
      }),
    );
  });

  it('uses no record twice: never more found than records', () => {
    fc.assert(
      fc.property(anyRun, fc.integer({ min: 0, max: 20 }), (accesses, most) => {
        const records = accesses.slice(0, most).map(record).map(without);
        const { reads, writes, denied } = matchAudit(accesses, records, exchange);
        expect(reads.found + writes.found + denied.found).toBeLessThanOrEqual(records.length);
      }),
    );
  });

  it('does not depend on the order of the log', () => {
    fc.assert(
      fc.property(anyRun, (accesses) => {
        const records = accesses.map(record);
        expect(matchAudit(accesses, [...records].reverse(), exchange)).toEqual(matchAudit(accesses, records, exchange));
      }),
    );
  });

  it('counts a doubled record as left over, and a second patient of one search not', () => {
    const search = made(1, { kind: 'search', patients: ['pa1', 'pa2'] });
    const rows = ['pa1', 'pa2'].map((patient) => ({ ...record(search), patients: [patient] }));
    expect(matchAudit([search], rows, exchange).reads).toMatchObject({ found: 1, leftOver: 0 });
    expect(matchAudit([search], rows.map(without), exchange).reads).toMatchObject({ found: 1, leftOver: 0 });
    expect(matchAudit([search], [...rows, rows[0]!], exchange).reads).toMatchObject({ found: 1, leftOver: 1 });
  });

  it('does not take a record about another object, client, patient, kind or minute', () => {
    const access = write(1);
    const { reads: _reads, ...rest } = { reads: 0, ...record(access) };
    const wrong: Partial<OwnRecord>[] = [
      { object: runDigest('run', 'Task/2') },
      { bindings: ['nurse'] },
      { patients: ['pa2'] },
      { kind: 'delete' },
      { atMs: access.fromMs + 120_000 },
      { failed: true },
    ];
    for (const other of wrong) {
      expect(matchAudit([access], [without({ ...rest, ...other })], exchange).writes.found).toBe(0);
    }
    expect(matchAudit([access], [without(rest)], exchange).writes.found).toBe(1);
  });

  it('keeps an exact record for its access when a vague one could be it too', () => {
    const accesses = [made(1), made(2, { patients: ['pa2'] })];
    const vague = { ...without(record(accesses[0]!)), patients: [] };
    const exact = without(record(accesses[0]!));
    const { reads } = matchAudit(accesses, [vague, exact], exchange);
    expect(reads).toMatchObject({ found: 2, ambiguous: 1 });
  });

  it('says which version is missing and which refusal is logged as a success', () => {
    const accesses = [write(1), write(2), made(3, { status: 403 })];
    const records = accesses.map(record);
    const { version: _version, ...unversioned } = records[0]!;
    const groups = matchAudit(accesses, [unversioned, records[1]!, { ...records[2]!, failed: false }], exchange);
    expect(groups.writes).toMatchObject({ found: 2, withoutVersion: 1 });
    expect(groups.denied).toMatchObject({ found: 1, withoutFailure: 1 });
  });

  it('asks only for accesses to patients where the contract says so', () => {
    const accesses = [made(1), made(2, { of: 'Slot', kind: 'search', patients: [] }), write(3, { patients: [] })];
    const groups = matchAudit(accesses, [accesses[0]!, accesses[2]!].map(record), patientAccess);
    expect(groups.reads).toMatchObject({ sent: 2, expected: 1, found: 1 });
    expect(groups.writes).toMatchObject({ expected: 1, found: 1 });
    expect(matchAudit(accesses, [], exchange).reads.expected).toBe(2);
  });

  it('counts minutes where the log names each patient once a minute, and exchanges where it does not', () => {
    const accesses = [0, 5, 10, 70].map((second) => made(second));
    const once = [accesses[0]!, accesses[3]!].map(record).map(without);
    expect(matchAudit(accesses, once, patientAccess).reads).toMatchObject({
      expected: 2,
      found: 2,
      oncePerMinute: true,
    });
    expect(matchAudit(accesses, once, exchange).reads).toMatchObject({ expected: 4, found: 2, oncePerMinute: false });
    const twice = [accesses[0]!, accesses[1]!, accesses[3]!].map(record).map(without);
    expect(matchAudit(accesses, twice, patientAccess).reads).toMatchObject({ expected: 4, found: 3 });
  });

  it('does not hold what the product did itself against the log', () => {
    const extra = { ...without(record(made(9))), bindings: ['bot'] };
    expect(matchAudit([made(1)], [record(made(1)), extra], exchange).reads.leftOver).toBe(1);
    expect(matchAudit([made(1)], [record(made(1)), extra], { ...exchange, productBinding: 'bot' }).reads.leftOver).toBe(
      0,
    );
  });

  it('is quick with ten thousand accesses without request ids', () => {
    const accesses = Array.from({ length: 10_000 }, (_, index) =>
      made(index, { fromMs: startMs + index * 20, toMs: startMs + index * 20 + 10 }),
    );
    const { reads } = matchAudit(accesses, accesses.map(record).map(without), exchange);
    expect(reads).toMatchObject({ expected: 10_000, found: 10_000, leftOver: 0 });
  });
});

describe('telling the run’s own records from everybody else’s', () => {
  const run: RunIdentity = {
    runId: 'run',
    bindingsOf: (client) => (client === 'client-1' ? ['bot'] : []),
    aliasOf: (id) => (id === '4711' ? 'pa1' : undefined),
    requestIds: new Set(['r1']),
    fromMs: startMs,
    toMs: startMs + 600_000,
  };
  const logged = (more: Partial<LoggedAccess> = {}): LoggedAccess => ({
    atMs: startMs + 1_000,
    clients: ['client-1'],
    patients: ['4711'],
    requestIds: [],
    kind: 'update',
    object: 'Task/t1',
    ...more,
  });

  it('names patients by alias and objects by digest', () => {
    expect(ownRecord(logged(), run)).toMatchObject({
      bindings: ['bot'],
      patients: ['pa1'],
      object: runDigest('run', 'Task/t1'),
    });
    expect(JSON.stringify(ownRecord(logged(), run))).not.toContain('4711');
  });

  it('drops other clients, other patients and other times', () => {
    expect(ownRecord(logged({ clients: ['somebody'] }), run)).toBeUndefined();
    expect(ownRecord(logged({ patients: ['99'] }), run)).toBeUndefined();
    expect(ownRecord(logged({ atMs: startMs + 7_200_000 }), run)).toBeUndefined();
  });

  it('keeps what carries a request id of the run, whoever the log says it was', () => {
    const kept = ownRecord(logged({ clients: [], patients: ['99'], requestIds: ['r1', 'foreign'] }), run);
    expect(kept).toMatchObject({ bindings: [], patients: [], requestIds: ['r1'] });
  });
});

describe('what an exchange must have left', () => {
  it('is found by every id the answer carried, in the time it took', () => {
    const [access] = accessesMade({
      type: 'exchange',
      id: 'x1',
      probe: 'p',
      subject: 'run',
      context: 'ai',
      method: 'GET',
      path: 'Patient/{id}',
      purpose: 'fhir',
      status: 200,
      sentAt: '2026-11-20T08:00:00.000Z',
      waitedMs: 0,
      durationMs: 40,
      bytes: 2,
      headers: { 'x-request-id': 'given', 'x-correlation-id': '' },
      requestId: 'sent',
      accesses: [{ kind: 'read', of: 'Patient', status: 200, patients: ['pa1'] }],
    });
    expect(access).toMatchObject({ requestIds: ['sent', 'given'], fromMs: startMs, toMs: startMs + 40 });
  });

  it('counts refusals and sign-ins apart, and leaves out what was refused for its content', () => {
    expect(groupOf({ kind: 'read', status: 403 })).toBe('denied');
    expect(groupOf({ kind: 'sign-in', status: 400 })).toBe('denied');
    expect(groupOf({ kind: 'sign-in', status: 200 })).toBeUndefined();
    expect(groupOf({ kind: 'update', status: 412 })).toBeUndefined();
    expect(groupOf({ kind: 'delete', status: 204 })).toBe('writes');
    expect(groupOf({ kind: 'search', status: 200 })).toBe('reads');
  });
});
