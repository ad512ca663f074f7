import {
  groupOf,
  kindName,
  ownClientOfProduct,
  type AccessGroup,
  type MadeAccess,
  type OwnRecord,
} from './audit-access.js';
import { assignRecords, isVague, minuteOf, type Found } from './audit-assignment.js';
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

/** Matches what was sent with what the log holds, one to one. Pure. */
export function matchAudit(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  options: MatchOptions,
): Record<AccessGroup, AuditMatch> {
  const { found, left } = assignRecords(made, records);
  const extra = left.filter((record) => !isOwnWork(record, options));
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

const isOwnWork = (record: OwnRecord, { productBinding }: MatchOptions): boolean =>
  record.requestIds.length === 0 &&
  record.bindings.some((binding) => binding === productBinding || binding === ownClientOfProduct);

/** Where a record counts that nothing was sent for; undefined when it says too little to accuse anybody. */
function groupOfRecord({ kind, failed, patients, requestIds }: OwnRecord): AccessGroup | undefined {
  const says = patients.length > 0 || requestIds.length > 0;
  if (kind === 'sign-in') return undefined;
  if (failed === true) return says ? 'denied' : undefined;
  if (kind === 'create' || kind === 'update' || kind === 'delete') return 'writes';
  return says ? 'reads' : undefined;
}

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
