import { clockToleranceMs, type MadeAccess, type OwnRecord } from './audit-access.js';

/** The record an access was found by. */
export interface Found {
  readonly record: OwnRecord;
  readonly byRequestId: boolean;
}

/**
 * Gives each record to one access at most: first by request id, then by object, then by client, patient, kind and time.
 * `left` are the records nothing was sent for. About linear in the number of accesses within two minutes.
 */
export function assignRecords(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
): { readonly found: ReadonlyMap<MadeAccess, Found>; readonly left: readonly OwnRecord[] } {
  const found = new Map<MadeAccess, Found>();
  const unnamed = takeByRequestId(made, records, found);
  const unwritten = takeByObject(made, takeByObject(made, unnamed, found, sameVersion), found, possible);
  const left = rounds.reduce((waiting, round) => takeByTime(made, waiting, round, found), unwritten);
  const several = [...found].filter(([access]) => access.patients.length > 1);
  return { found, left: left.filter((record) => !isCompanion(record, several)) };
}

/** The minute a moment lies in, as logs that keep no seconds write it. */
export const minuteOf = (ms: number): number => Math.floor(ms / 60_000);

/** Gives each record with a known request id to the access it names; returns what is left. */
function takeByRequestId(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  found: Map<MadeAccess, Found>,
): OwnRecord[] {
  const named = new Map<string, MadeAccess[]>();
  for (const access of made) {
    for (const id of access.requestIds) named.set(id, [...(named.get(id) ?? []), access]);
  }
  return records.filter((record) => {
    const candidates = record.requestIds.flatMap((id) => named.get(id) ?? []).filter((each) => !found.has(each));
    const open = candidates.filter((each) => sameKind(each, record) && sameObject(each, record));
    const best = open.find((each) => each.object !== undefined && each.object === record.object) ?? open[0];
    if (best !== undefined) found.set(best, { record, byRequestId: true });
    return best === undefined;
  });
}

type Fits = (access: MadeAccess, record: OwnRecord) => boolean;

const sameKind: Fits = (access, record) => record.kind === undefined || record.kind === access.kind;
const sameObject: Fits = (access, record) =>
  (access.object === undefined || record.object === undefined || access.object === record.object) &&
  (access.of === undefined || record.of === undefined || access.of === record.of);
const sharesPatient: Fits = (access, record) => record.patients.some((patient) => access.patients.includes(patient));
const nobodyElse: Fits = (access, record) =>
  access.patients.length === 0 || record.patients.length === 0 || sharesPatient(access, record);
const sameOutcome: Fits = (access, record) => record.failed === undefined || record.failed === access.status >= 400;
const inTime: Fits = (access, record) =>
  record.atMs >= access.fromMs - clockToleranceMs && record.atMs <= access.toMs + clockToleranceMs;
const sameClient: Fits = (access, record) => access.binding !== undefined && record.bindings.includes(access.binding);

const possible: Fits = (access, record) =>
  sameClient(access, record) &&
  sameKind(access, record) &&
  sameObject(access, record) &&
  nobodyElse(access, record) &&
  sameOutcome(access, record);

/** A record that leaves open which of several accesses it is about. */
export const isVague: Fits = (access, record) =>
  record.kind === undefined ||
  (access.patients.length > 0 && record.patients.length === 0 && record.object === undefined);

interface Round {
  readonly withinMs: number;
  readonly fits: Fits;
}

// The surest pairs first: a vague record must not take the place of an exact one.
const pairs: readonly Fits[] = [
  (access, record) => sharesPatient(access, record) && !isVague(access, record) && possible(access, record),
  (access, record) => !isVague(access, record) && possible(access, record),
  possible,
];
// And the nearest first: a log with seconds, a log with minutes, clocks that differ.
const rounds: readonly Round[] = pairs.flatMap((fits) => [
  { withinMs: 2_000, fits },
  {
    withinMs: clockToleranceMs,
    fits: (access, record) => minuteOf(access.fromMs) === minuteOf(record.atMs) && fits(access, record),
  },
  { withinMs: clockToleranceMs, fits },
]);

const inOrder = (records: readonly OwnRecord[]): OwnRecord[] => [...records].sort((a, b) => a.atMs - b.atMs);

const sameVersion: Fits = (access, record) =>
  access.version !== undefined && access.version === record.version && possible(access, record);

/** Gives each record that names an object to the first access that wrote it. */
function takeByObject(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  found: Map<MadeAccess, Found>,
  fits: Fits,
): OwnRecord[] {
  const written = new Map<string, MadeAccess[]>();
  for (const access of made) {
    if (access.object === undefined || found.has(access)) continue;
    const same = written.get(access.object);
    if (same === undefined) written.set(access.object, [access]);
    else same.push(access);
  }
  return inOrder(records).filter((record) => {
    if (record.requestIds.length > 0 || record.object === undefined) return true;
    const taken = written
      .get(record.object)
      ?.find((access) => !found.has(access) && inTime(access, record) && fits(access, record));
    if (taken !== undefined) found.set(taken, { record, byRequestId: false });
    return taken === undefined;
  });
}

/** Gives each record, in order of time, to the first access it fits; returns what is left. */
function takeByTime(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  { withinMs, fits }: Round,
  found: Map<MadeAccess, Found>,
): OwnRecord[] {
  const byStart = made.filter((access) => !found.has(access)).sort((a, b) => a.fromMs - b.fromMs);
  // An access that took long is looked for by its end, so the window begins that much earlier.
  const longestMs = byStart.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0);
  const left: OwnRecord[] = [];
  let first = 0;
  for (const record of inOrder(records)) {
    while (first < byStart.length && byStart[first]!.fromMs + longestMs + withinMs < record.atMs) first += 1;
    let taken: MadeAccess | undefined;
    if (record.requestIds.length === 0) {
      for (let next = first; next < byStart.length && taken === undefined; next++) {
        const access = byStart[next]!;
        if (access.fromMs - withinMs > record.atMs) break;
        const near = access.toMs + withinMs >= record.atMs;
        if (near && !found.has(access) && fits(access, record)) taken = access;
      }
    }
    if (taken === undefined) left.push(record);
    else found.set(taken, { record, byRequestId: false });
  }
  return left;
}

/** One more record of an access to several patients, where the log writes one for each. */
const isCompanion = (record: OwnRecord, several: readonly (readonly [MadeAccess, Found])[]): boolean =>
  several.some(
    ([access, match]) =>
      sharesPatient(access, record) &&
      !match.record.patients.some((patient) => record.patients.includes(patient)) &&
      inTime(access, record) &&
      (record.requestIds.length === 0
        ? possible(access, record)
        : record.requestIds.some((id) => access.requestIds.includes(id))),
  );
