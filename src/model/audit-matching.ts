import {
  clockToleranceMs,
  groupOf,
  kindName,
  type AccessGroup,
  type MadeAccess,
  type OwnRecord,
} from './audit-access.js';
import { compareCodeUnits } from './order.js';

/** How one group of accesses was found in a log. */
export interface AuditMatch {
  /** Requests of this group that were sent, entries of a batch counted one by one. */
  readonly sent: number;
  /** How many of them the log has to hold at the contract's granularity. */
  readonly expected: number;
  readonly found: number;
  readonly byRequestId: number;
  /** Found by a record that lacks what would tell it from another one. */
  readonly ambiguous: number;
  /** Records of the run's clients or request ids that nothing was sent for. */
  readonly leftOver: number;
  /** The log names each patient, client and kind once a minute, however often it happened. */
  readonly oncePerMinute: boolean;
  /** Found writes whose record lacks the version the server gave. */
  readonly withoutVersion: number;
  /** Found refusals whose record says it went well, or does not say. */
  readonly withoutFailure: number;
  readonly kinds: readonly { readonly kind: string; readonly expected: number; readonly found: number }[];
  /** Exchange ids, at most five each. */
  readonly foundExamples: readonly string[];
  readonly missingExamples: readonly string[];
}

export interface MatchOptions {
  readonly granularity: 'exchange' | 'patient-access';
  /** Binding of a product that is at work beside the tool: what it did itself is not left over. */
  readonly productBinding?: string;
}

const examples = 5;

interface Found {
  readonly record: OwnRecord;
  readonly byRequestId: boolean;
}

/**
 * Matches what was sent with what the log holds, one to one: first by request id, then by client, patient, kind and time.
 * Pure; about linear in the number of accesses within two minutes.
 */
export function matchAudit(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  options: MatchOptions,
): Record<AccessGroup, AuditMatch> {
  const found = new Map<MadeAccess, Found>();
  const rest = takeByRequestId(made, records, found);
  const left = takeByObject(made, rest, found);
  const unmatched = rounds.reduce((records, round) => takeByTime(made, records, round, found), left);
  const several = [...found].filter(([access]) => access.patients.length > 1);
  const extra = unmatched.filter((record) => !isCompanion(record, several) && !isOwnWork(record, options));
  const byId = records.some((record) => record.requestIds.length > 0);
  const group = (name: AccessGroup): AuditMatch => {
    const sent = made.filter((access) => groupOf(access) === name);
    // Without request ids nobody can say which record of an unknown client is ours.
    const findable = name === 'denied' && !byId ? sent.filter(({ binding }) => binding !== undefined) : sent;
    const wanted =
      name === 'reads' && options.granularity === 'patient-access'
        ? findable.filter(({ patients }) => patients.length > 0)
        : findable;
    const leftOver = extra.filter((record) => groupOfRecord(record) === name).length;
    const grouped =
      name === 'reads' && options.granularity === 'patient-access' && !byId ? byMinute(wanted) : undefined;
    const once = grouped !== undefined && grouped.size < wanted.length && isOncePerMinute(records);
    return summary(
      once ? [...grouped.values()].map((same) => same.find((each) => found.has(each)) ?? same[0]!) : wanted,
      {
        sent: sent.length,
        found,
        leftOver,
        oncePerMinute: once,
      },
    );
  };
  return { reads: group('reads'), writes: group('writes'), denied: group('denied') };
}

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
const isVague: Fits = (access, record) =>
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

/** Gives each record that names an object to the first access that wrote it. */
function takeByObject(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  found: Map<MadeAccess, Found>,
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
      ?.find((access) => !found.has(access) && inTime(access, record) && possible(access, record));
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

const isOwnWork = (record: OwnRecord, { productBinding }: MatchOptions): boolean =>
  productBinding !== undefined && record.requestIds.length === 0 && record.bindings.includes(productBinding);

/** Where a record counts that nothing was sent for; undefined when it says too little to accuse anybody. */
function groupOfRecord({ kind, failed, patients, requestIds }: OwnRecord): AccessGroup | undefined {
  const says = patients.length > 0 || requestIds.length > 0;
  if (kind === 'sign-in') return undefined;
  if (failed === true) return says ? 'denied' : undefined;
  if (kind === 'create' || kind === 'update' || kind === 'delete') return 'writes';
  return says ? 'reads' : undefined;
}

const minuteOf = (ms: number): number => Math.floor(ms / 60_000);

const minuteKey = (binding: string | undefined, patient: string, kind: string, atMs: number): string =>
  JSON.stringify([binding, patient, kind, minuteOf(atMs)]);

function byMinute(made: readonly MadeAccess[]): Map<string, MadeAccess[]> {
  const groups = new Map<string, MadeAccess[]>();
  for (const access of made) {
    const key = minuteKey(
      access.binding,
      [...access.patients].sort(compareCodeUnits).join(' '),
      access.kind,
      access.fromMs,
    );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [access]);
    else group.push(access);
  }
  return groups;
}

function isOncePerMinute(records: readonly OwnRecord[]): boolean {
  const seen = new Set<string>();
  return records.every(({ bindings, patients, kind, atMs }) => {
    const keys = patients.map((patient) => minuteKey(bindings[0], patient, kind ?? '', atMs));
    const again = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return !again;
  });
}

function summary(
  wanted: readonly MadeAccess[],
  {
    sent,
    found,
    leftOver,
    oncePerMinute,
  }: {
    readonly sent: number;
    readonly found: ReadonlyMap<MadeAccess, Found>;
    readonly leftOver: number;
    readonly oncePerMinute: boolean;
  },
): AuditMatch {
  const here = wanted.flatMap((access) => {
    const match = found.get(access);
    return match === undefined ? [] : [{ access, ...match }];
  });
  const kinds = new Map<string, { expected: number; found: number }>();
  for (const access of wanted) {
    const kind = kinds.get(kindName(access)) ?? { expected: 0, found: 0 };
    kinds.set(kindName(access), {
      expected: kind.expected + 1,
      found: kind.found + (found.has(access) ? 1 : 0),
    });
  }
  const count = (which: (match: (typeof here)[number]) => boolean): number => here.filter(which).length;
  const ids = (accesses: readonly MadeAccess[]): string[] =>
    [...new Set(accesses.map(({ exchange }) => exchange))].slice(0, examples);
  return {
    sent,
    expected: wanted.length,
    found: here.length,
    byRequestId: count(({ byRequestId }) => byRequestId),
    ambiguous: count(({ access, record, byRequestId }) => !byRequestId && isVague(access, record)),
    leftOver,
    oncePerMinute,
    withoutVersion: count(({ access, record }) => access.version !== undefined && record.version !== access.version),
    withoutFailure: count(({ access, record }) => access.status >= 400 && record.failed !== true),
    kinds: [...kinds].sort(([a], [b]) => compareCodeUnits(a, b)).map(([kind, counts]) => ({ kind, ...counts })),
    foundExamples: ids(here.map(({ access }) => access)),
    missingExamples: ids(wanted.filter((access) => !found.has(access))),
  };
}
