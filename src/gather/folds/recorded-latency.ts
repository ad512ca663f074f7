import type { Contract, ContractAction, LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { missing, type Missing } from '../../model/fact.js';
import { latencyCheckOf } from '../../model/latency-pairs.js';
import type { LatencySeries, Sample } from '../../model/latency-series.js';
import { oneLook } from '../../model/shares.js';
import type { About } from '../probe.js';
import { defineFold, type SeenExchange, type SeenWrite } from './fold.js';
import { RecordedEvents } from './recorded-events.js';
import { EhrClock, stampedSamples, type StampedWork } from './recorded-stamps.js';

/** One entry of the contract whose end, the write, goes through the proxy. */
interface Timed {
  readonly subject: string;
  readonly percentile: number;
  readonly action: ContractAction;
  /** Absent where the write itself is timed. */
  readonly events?: RecordedEvents;
  /** Events by the time the record gives them; kept apart from the samples, and never mixed with them. */
  readonly stamped: (StampedWork & { readonly atMs: number })[];
  readonly samples: Sample[];
  /** When each came, in monotonic milliseconds. */
  readonly atMs: number[];
  errors: number;
  beyond: number;
}

interface State {
  readonly timed: readonly Timed[];
  readonly others: readonly string[];
  readonly clock: EhrClock;
  readonly simulator: boolean;
  readonly cites: string[];
}

const defaultPercentile = 95;
const mostSamples = 5_000;
const mostCites = 40;
const blockMs = 3_600_000;
const methodOf: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' };
/** Answers that are none to the write. */
const unusable = [408, 429];

/** Entries a recording can say something about, and the checks that judge them. */
export const recordedEntries = ({ latency, actions }: Contract): readonly { entry: LatencyEntry; check: string }[] =>
  (latency ?? []).flatMap((entry) => {
    const check = latencyCheckOf(entry.from, entry.to);
    const action = actions?.find(({ id }) => id === entry.answeredBy);
    const written = action?.resource !== undefined && methodOf[action.interaction ?? ''] !== undefined;
    const from = entry.from === 'ai-request' || entry.from === 'ehr-event';
    return check !== undefined && from && entry.to === 'write-acknowledged' && written ? [{ entry, check }] : [];
  });

/**
 * How long the product's own writes took, and how long after an event of the EHR they were done, as far as its requests
 * tell: an event lies between the last look of the product that did not bring it and the first one that did.
 */
export default defineFold({
  id: 'recorded-latency',
  brings: ['latency-series'],
  start({ contract, environmentClass }): State {
    const entries = recordedEntries(contract);
    const checks = new Set(entries.map(({ check }) => check));
    const isRecorded = (id: string): boolean => entries.some(({ entry }) => entry.id === id);
    return {
      timed: entries.flatMap(({ entry }) => timedOf(entry, contract) ?? []),
      others: (contract.latency ?? [])
        .filter(({ id, from, to }) => checks.has(latencyCheckOf(from, to) ?? '') && !isRecorded(id))
        .map(({ id }) => `budget:${id}`),
      clock: new EhrClock(),
      simulator: environmentClass === 'simulator',
      cites: [],
    };
  },
  step: () => undefined,
  product(state, exchange, fault) {
    state.clock.note(exchange, fault);
    for (const each of state.timed) {
      if (each.events === undefined) timeWrites(state, each, exchange, fault);
      else timeEvents(state, each, each.events, exchange, fault);
    }
  },
  end({ timed, others, clock, simulator, cites }) {
    const unseen = missing('writes-off', 'a recording does not see what staff can read');
    const about: About<LatencySeries>['about'] = Object.fromEntries([
      ...others.map((subject): [string, Missing] => [subject, unseen]),
      ...timed.map((each): [string, LatencySeries | Missing] => [each.subject, seriesOf(each, clock, simulator)]),
    ]);
    return { 'latency-series': { about }, cites };
  },
});

function timedOf(
  { id, from, trigger, answeredBy, percentile, budget, clock }: LatencyEntry,
  contract: Contract,
): Timed | undefined {
  const action = contract.actions?.find((each) => each.id === answeredBy);
  if (action === undefined) return undefined;
  const budgetMs = budget === undefined ? 0 : parseDurationMs(budget);
  const event = contract.triggers?.find((each) => each.id === trigger);
  return {
    subject: `budget:${id}`,
    percentile: percentile ?? defaultPercentile,
    action,
    ...(from === 'ai-request' ? {} : { events: new RecordedEvents(event, budgetMs, clock?.from) }),
    stamped: [],
    samples: [],
    atMs: [],
    errors: 0,
    beyond: 0,
  };
}

const isOf = ({ resource, interaction }: ContractAction, { method, resourceType }: SeenWrite): boolean =>
  resourceType === resource && method === methodOf[interaction ?? ''];

function timeWrites(state: State, each: Timed, exchange: SeenExchange, fault: string | undefined): void {
  const { answer, objects, sentAt, id } = exchange;
  const [write, ...more] = (objects?.writes ?? []).filter((one) => isOf(each.action, one));
  // Of several in one request none has a time of its own; what the proxy did is nobody's time.
  if (write === undefined || more.length > 0 || fault !== undefined) return;
  const lastedMs = objects?.lastedMs ?? 0;
  if (answer === undefined || answer.status >= 500 || unusable.includes(answer.status)) {
    each.errors += 1;
    add(each, [lastedMs, null], sentAt.getTime());
  } else if (write.taken) {
    const { sentAtMs, firstByteAtMs, endAtMs } = answer.timing;
    add(each, [Math.max(0, firstByteAtMs - sentAtMs), Math.max(0, endAtMs - sentAtMs)], sentAt.getTime());
  } else return;
  if (state.cites.length < mostCites) state.cites.push(id);
}

function timeEvents(
  state: State,
  each: Timed,
  events: RecordedEvents,
  exchange: SeenExchange,
  fault: string | undefined,
): void {
  const { answer, objects, request, sentAt, id } = exchange;
  // An event without a write may have been none for this product: nobody can say how late it is.
  for (const { between, stamp, seenAt } of events.givenUp(sentAt.getTime())) {
    if (between !== undefined) add(each, [0, null], seenAt);
    if (stamp !== undefined) addStamped(each, { stamp, done: undefined, atMs: seenAt });
  }
  if (answer !== undefined && fault === undefined) events.look(exchange, answer);
  const done = (objects?.writes ?? []).some((one) => one.taken && isOf(each.action, one));
  if (!done || answer === undefined) return;
  const names = (objects?.writes ?? []).flatMap(({ reference }) => reference ?? []);
  const { intendedAtMs, firstByteAtMs, endAtMs } = answer.timing;
  const atMs = sentAt.getTime();
  const wallMs = atMs - intendedAtMs;
  for (const { between, stamp } of events.answeredBy(names, request.body ?? '')) {
    if (between !== undefined) {
      add(each, [Math.max(0, firstByteAtMs - between[1]), Math.max(0, endAtMs - between[0])], atMs);
    }
    if (stamp !== undefined) {
      addStamped(each, { stamp, done: [firstByteAtMs + wallMs, endAtMs + wallMs], atMs });
    }
    if (state.cites.length < mostCites) state.cites.push(id);
  }
}

function addStamped({ stamped }: Timed, work: Timed['stamped'][number]): void {
  if (stamped.length < mostSamples) stamped.push(work);
}

function add(each: Timed, sample: Sample, atMs: number): void {
  if (each.samples.length === mostSamples) {
    each.beyond += 1;
    return;
  }
  each.samples.push(sample);
  each.atMs.push(atMs);
}

/** Of one source: what was observed, unless the record tells of more. */
function seriesOf(each: Timed, clock: EhrClock, simulator: boolean): LatencySeries | Missing {
  const { samples, atMs, stamped, events } = each;
  const byRecord = stamped.length > samples.length ? recordedOf(each, clock) : undefined;
  if (byRecord !== undefined && 'missing' in byRecord && samples.length === 0) return byRecord;
  const use =
    byRecord === undefined || 'missing' in byRecord
      ? ({ source: 'observed', samples, atMs, pollMs: events?.pollMs ?? 0 } as const)
      : byRecord;
  const [firstMs] = use.atMs;
  if (firstMs === undefined) {
    return missing('too-few', events === undefined ? 'no such write of the product was seen' : events.whyNone);
  }
  const blocks: { samples: number; startMs: number }[] = [];
  for (const at of use.atMs) {
    const startMs = Math.max(0, Math.floor((at - firstMs) / blockMs) * blockMs);
    const last = blocks.at(-1);
    if (last !== undefined && last.startMs >= startMs) last.samples += 1;
    else blocks.push({ samples: 1, startMs });
  }
  const spanMs = Math.max((use.atMs.at(-1) ?? firstMs) - firstMs, 60_000);
  return {
    source: use.source,
    samples: [...use.samples],
    cold: [],
    blocks,
    looks: [oneLook(use.samples.length, each.percentile)],
    errors: each.errors,
    notSent: each.beyond,
    discarded: 0,
    clockJumps: 0,
    limited: 0,
    late: 0,
    pollMs: use.pollMs,
    ratePerMinute: Math.round((use.samples.length * 600_000) / spanMs) / 10,
    simulator,
  };
}

/** What the record tells; missing where its clock is not known well enough. */
function recordedOf({ stamped, events }: Timed, clock: EhrClock) {
  const ahead = events?.isByLastUpdated === true ? clock.aheadOfLastUpdated() : clock.ahead();
  const found = 'missing' in ahead ? ahead : stampedSamples(stamped, ahead);
  if ('missing' in found) return found;
  const { samples, resolutionMs } = found;
  return { source: 'record' as const, samples, atMs: stamped.map(({ atMs }) => atMs), pollMs: resolutionMs };
}
