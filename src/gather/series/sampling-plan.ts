import type { Contract, ContractAction, ContractResource, LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { latencyCheckOf } from '../../model/latency-pairs.js';
import { looksFor, type LatencyTarget } from '../../model/latency-series.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { smallestPassing, type Look } from '../../model/shares.js';
import { isSearch } from '../action-steps.js';
import { repeatableAction } from '../caused-event.js';
import type { RunDocuments } from '../probe.js';
import { loadPlans, type LoadPlan, type NoLoad } from './load-plan.js';
import { isObservedPlan, observedPlan, type ObservedPlan } from './observed-plan.js';
import { isReadingPlan, readingPlan, type ReadingPlan } from './reading-plan.js';
import { isRecordPlan, recordPlan, type RecordPlan } from './record-plan.js';
import { coldSamples, rateBeside, roomForWrites, seriesOf, tooFewWrites, wallTimeOf } from './series-plan.js';
import { whyNoAnswer, whyNotDelivered, whyNotLoaded, whyNotTold, type WhyNot } from './why-not-timed.js';

/** What a sample of one series is measured for. */
export interface Track {
  /** Subject whose fact the samples are: `budget:booking`, `resource:slot`. */
  readonly subject: string;
  readonly part:
    | 'read'
    | 'write'
    | 'visible'
    | 'delivery'
    | 'response'
    | 'age'
    | 'age-in-answer'
    | 'card'
    | 'record'
    | 'confirmed-answer';
  readonly target: LatencyTarget;
  readonly looks: readonly Look[];
  /** Resources of the contract whose searches it uses; one after the other. */
  readonly resources: readonly string[];
  /** Of a delivery: the trigger whose notification is waited for; of a card: the trigger whose hook is called. */
  readonly trigger?: string | undefined;
}

/** One series: samples that serve several entries at once. Numbers are what the EHR team agrees to. */
export interface SeriesPlan {
  /**
   * `booking`: search, create, look for it, undo, wait for the answer. `reading`: searches only. `card`: calls of a hook.
   * `event`: the product is told of something outside the EHR, what it writes is looked for and undone.
   */
  readonly kind: 'booking' | 'reading' | 'card' | 'event';
  /** Runs at the same time as the series before it; both together keep to the pace. */
  readonly beside?: true;
  /** Id of the action that is performed and undone, by the run or, of an `event`, by the product. */
  readonly action: string | undefined;
  readonly tracks: readonly Track[];
  /** Whose search shows what was written. */
  readonly reader: 'staff' | 'ai';
  /** Reported apart, before the samples that count. */
  readonly cold: number;
  /** Samples at each look; a look that decides everything ends the series. */
  readonly looks: readonly number[];
  /** Blocks the first look is spread over, and the pause between their starts. */
  readonly blocks: number;
  readonly blockPauseMs: number;
  readonly ratePerMinute: number;
  /** The contract's goal, for "tested at 600/min, contract 12/min". */
  readonly contractRatePerMinute: number | undefined;
  /** Towards the EHR: when everything is seen at the first look, and at most. */
  readonly requestsPerSample: { readonly usual: number; readonly most: number };
  /** Most looks of one sample, by what is looked for. */
  readonly looksPerSample: {
    readonly visible: number;
    readonly slot: number;
    readonly response: number;
    readonly slotInAnswers: number;
  };
  /** Samples that may be started: what a fault of the network or of a clock takes out is made up for. */
  readonly mostSamples: number;
  /** Towards the EHR, cold samples included: until the first look, and at most. */
  readonly requests: { readonly firstLook: number; readonly most: number };
  readonly aiSystemRequests: { readonly perSample: number; readonly most: number };
  /** Creates, which count in `maxPerRun`, and as many undos, which do not. */
  readonly writes: number;
  readonly wallTimeMs: { readonly firstLook: number; readonly last: number };
}

export interface SamplingPlan {
  readonly series: readonly SeriesPlan[];
  /** What is watched while others work; present in a run that observes. */
  readonly observed?: readonly ObservedPlan[];
  /** Answers about slots that others take and free, beside live readings; present in a run that observes. */
  readonly readings?: readonly ReadingPlan[];
  /** What is read out of the records of earlier work. */
  readonly record?: readonly RecordPlan[];
  /** The contract's peak rates, after everything else; absent: nobody asked for them. */
  readonly load?: readonly LoadPlan[];
  /** Triggers whose peak rate is not tried, and why. */
  readonly noLoad?: readonly NoLoad[];
  /** Entries and resources that no series of this run measures, and why. */
  readonly notMeasured: readonly {
    readonly subject: string;
    readonly reason: NotMeasuredReason;
    readonly detail: string;
  }[];
}

type SeriesPlanDocuments = Parameters<typeof samplingPlan>[0];

export interface SamplingOptions {
  /** `--writes all`, and nothing in the documents refuses it. */
  readonly writes: boolean;
  /** Most writes of all other probes of the plan. */
  readonly otherWrites: number;
  /** A staff context can look for what was written; otherwise the AI system's own client does. */
  readonly staff: boolean;
  /** False: nothing but the load is wanted. */
  readonly series?: boolean;
}

const agePercentile = 95;
const defaultPercentile = 95;

/**
 * Which series the contract's latency and freshness entries ask for, and what they take. Pure; the documents decide.
 * @throws ToolError `sampling-does-not-fit` (exit 2) naming the number to change
 */
export function samplingPlan(
  documents: Pick<
    RunDocuments,
    'contract' | 'organization' | 'environment' | 'environmentClass' | 'watching' | 'loadMs'
  >,
  options: SamplingOptions,
): SamplingPlan {
  const plan: SamplingPlan =
    options.series === false ? { series: [], notMeasured: [] } : seriesAndRest(documents, options);
  if (documents.loadMs === undefined || !options.writes) return plan;
  const booking = repeatableAction(documents);
  const before = options.otherWrites + plan.series.reduce((sum, { writes }) => sum + writes, 0);
  const limits = { forMs: documents.loadMs, room: roomForWrites(documents, before) };
  const reader = options.staff ? 'staff' : 'ai';
  return {
    ...plan,
    ...loadPlans(documents, limits, {
      whyNotMeasured: (entry) => whyNotLoaded(documents, entry, booking),
      seriesOf: (tracks, action, kind, rate) =>
        kind === 'card'
          ? cardSeries(documents, tracks, reader, rate)
          : seriesOf(documents, tracks, action, reader, { kind, rate }),
    }),
  };
}

/** Everything but the load. */
function seriesAndRest(documents: SeriesPlanDocuments, options: SamplingOptions): SamplingPlan {
  const { contract, organization } = documents;
  const booking = repeatableAction(documents);
  const active = booking !== undefined && options.writes;
  // A Subscription is a write too.
  const told = (contract.latency ?? []).filter(
    (entry) =>
      latencyCheckOf(entry.from, entry.to) === 'latency.event-delivery' &&
      whyNotDelivered(documents, entry, active) === undefined,
  );
  const subscriptions = new Set(told.map(({ trigger }) => trigger)).size;
  const otherWrites = options.otherWrites + subscriptions;
  const events = eventTracks(documents, active ? booking : undefined);
  // Every event makes the product write; the least that decides them is kept free.
  const most = active ? roomForWrites(documents, otherWrites + leastWrites(events)) : Number.POSITIVE_INFINITY;
  const notMeasured: SamplingPlan['notMeasured'][number][] = [];
  const tracks: Track[] = [];
  const cards: Track[] = [];
  const observed: ObservedPlan[] = [];
  const readings: ReadingPlan[] = [];
  const record: RecordPlan[] = [];
  const add = (track: Omit<Track, 'looks'>): void => {
    const room = track.part === 'read' && !active ? Number.POSITIVE_INFINITY : most;
    const looks = looksFor(track.target.percentile, room);
    if (looks === undefined) throw tooFewWrites(track, otherWrites, organization.writePolicy?.maxPerRun ?? 0);
    tracks.push({ ...track, looks });
  };
  const leaveOut = (subject: string, reason: NotMeasuredReason, detail: string): void => {
    notMeasured.push({ subject, reason, detail });
  };
  /** What cannot be timed as it happens may have been written down, where the contract names the elements (`clock`). */
  const elseFromRecord = (entry: LatencyEntry, ...[reason, detail]: WhyNot): void => {
    const planned = entry.clock === undefined ? undefined : recordPlan(documents, entry, options.staff);
    if (planned === undefined) leaveOut(`budget:${entry.id}`, reason, detail);
    else if (isRecordPlan(planned)) record.push(planned);
    else leaveOut(`budget:${entry.id}`, ...planned);
  };
  const aiSystem = organization.aiSystem?.query !== undefined;
  for (const entry of contract.latency ?? []) {
    const subject = `budget:${entry.id}`;
    const check = latencyCheckOf(entry.from, entry.to);
    if (entry.budget === undefined) continue;
    if (documents.watching !== undefined && entry.from === 'ehr-event' && entry.to !== 'notified') {
      const planned = observedPlan(documents, entry, documents.watching, options.staff);
      if (isObservedPlan(planned)) observed.push(planned);
      else elseFromRecord(entry, ...planned);
      continue;
    }
    const target = { percentile: entry.percentile ?? defaultPercentile, budgetMs: parseDurationMs(entry.budget) };
    if (check === 'latency.read') {
      const resources = searchesOf(contract, entry);
      if (resources.length === 0) leaveOut(subject, 'undecided', 'no resource of the contract says how it is found');
      else add({ subject, part: 'read', target, resources });
    } else if (check === 'latency.write' || check === 'latency.read-after-write') {
      const part = check === 'latency.write' ? 'write' : 'visible';
      if (booking === undefined || (entry.answeredBy !== undefined && entry.answeredBy !== booking.id)) {
        leaveOut(subject, 'writes-off', 'no series writes this action: it needs a create and an undo by FHIR');
      } else if (!active) leaveOut(subject, 'writes-off', 'needs --writes all and the agreement to write');
      else if (part === 'visible' && !isSearch(booking.observe)) {
        leaveOut(subject, 'undecided', `action ${booking.id} does not say where staff sees it (observe)`);
      } else add({ subject, part, target, resources: [] });
    } else if (check === 'latency.event-to-response' && entry.from === 'hook-call') {
      if (organization.aiSystem?.cdsHooks === undefined) {
        leaveOut(subject, 'no-ai-system', 'aiSystem.cdsHooks is not in the organization file');
      } else {
        const looks = looksFor(target.percentile, Number.POSITIVE_INFINITY) ?? [];
        cards.push({ subject, part: 'card', target, looks, resources: [], trigger: entry.trigger });
      }
    } else if (entry.from === 'external-event') {
      const reason = whyNotTold(documents, entry, booking, active);
      if (reason !== undefined) leaveOut(subject, ...reason);
    } else if (check === 'latency.event-to-record') {
      elseFromRecord(entry, 'not-in-this-version', 'this version times the record of events from outside the EHR');
    } else if (check === 'latency.event-to-response') {
      const reason = whyNoAnswer(documents, entry, aiSystem, active);
      if (reason === undefined) add({ subject, part: 'response', target, resources: [] });
      else elseFromRecord(entry, ...reason);
    } else if (check === 'latency.event-delivery') {
      const reason = whyNotDelivered(documents, entry, active);
      if (reason === undefined) add({ subject, part: 'delivery', target, resources: [], trigger: entry.trigger });
      else leaveOut(subject, ...reason);
    }
  }
  const answersFreed = tracks.some(({ part }) => part === 'response');
  for (const resource of contract.resources ?? []) {
    const maxAge = resource.freshness?.maxAge;
    if (maxAge === undefined || resource.freshness?.mode === 'bulk') continue;
    const subject = `resource:${resource.id}`;
    if (documents.watching?.by === 'others') {
      const planned = readingPlan(organization, resource, documents.watching);
      if (isReadingPlan(planned)) readings.push(planned);
      else leaveOut(subject, ...planned);
      continue;
    }
    const changed = resource.type === 'Slot' || (resource.type === booking?.resource && booking.observe !== undefined);
    if (booking === undefined || !changed || resource.find === undefined) {
      leaveOut(subject, 'no-test-object', `no test of this run changes a ${resource.type}`);
      continue;
    }
    if (!active) {
      leaveOut(subject, 'writes-off', 'needs --writes all and the agreement to write');
      continue;
    }
    const age = {
      subject,
      target: { percentile: agePercentile, budgetMs: parseDurationMs(maxAge) },
      resources: [resource.id],
    };
    add({ ...age, part: 'age' });
    if (aiSystem && (resource.type === 'Slot' || answersFreed)) add({ ...age, part: 'age-in-answer' });
  }
  const reader = options.staff ? 'staff' : 'ai';
  const own = tracks.length === 0 ? undefined : seriesOf(documents, tracks, active ? booking : undefined, reader);
  const writesBefore = otherWrites + (own?.writes ?? 0);
  return {
    series: [
      ...(own === undefined ? [] : [own]),
      ...(events.length === 0 ? [] : [eventSeries(documents, events, booking, { reader, beside: own, writesBefore })]),
      ...(cards.length === 0 ? [] : [cardSeries(documents, cards, reader)]),
    ],
    ...(documents.watching === undefined ? {} : { observed }),
    ...(readings.length === 0 ? {} : { readings }),
    ...(record.length === 0 ? {} : { record }),
    notMeasured,
  };
}

/** Entries that begin with an event the product can be told of, where their series may write. */
function eventTracks(documents: SeriesPlanDocuments, booking: ContractAction | undefined): Omit<Track, 'looks'>[] {
  return (documents.contract.latency ?? []).flatMap((entry) => {
    const { id, from, to, percentile = defaultPercentile, budget } = entry;
    if (from !== 'external-event' || budget === undefined || booking === undefined) return [];
    if (whyNotTold(documents, entry, booking, true) !== undefined) return [];
    const target = { percentile, budgetMs: parseDurationMs(budget) };
    const part = to === 'visible' ? 'record' : 'confirmed-answer';
    return [{ subject: `budget:${id}`, part, target, resources: [] }];
  });
}

const leastWrites = (tracks: readonly Omit<Track, 'looks'>[]): number =>
  tracks.length === 0
    ? 0
    : coldSamples + Math.max(...tracks.map(({ target }) => smallestPassing(0, target.percentile)));

/** One event a sample; beside the series before it where half of the agreed pace holds both. */
function eventSeries(
  documents: SeriesPlanDocuments,
  events: readonly Omit<Track, 'looks'>[],
  action: ContractAction | undefined,
  {
    reader,
    beside,
    writesBefore,
  }: {
    readonly reader: SeriesPlan['reader'];
    readonly beside: SeriesPlan | undefined;
    readonly writesBefore: number;
  },
): SeriesPlan {
  const room = roomForWrites(documents, writesBefore);
  const tracks = events.map((track) => {
    const looks = looksFor(track.target.percentile, room);
    if (looks === undefined) {
      throw tooFewWrites(track, writesBefore, documents.organization.writePolicy?.maxPerRun ?? 0);
    }
    return { ...track, looks };
  });
  const plan = seriesOf(documents, tracks, action, reader, { kind: 'event' });
  if (beside === undefined) return plan;
  // Spread over the time the other takes to its first look.
  const toFirstLook = ({ looks: [first = 0] }: SeriesPlan): number => first + coldSamples;
  const ratePerMinute = Math.ceil((beside.ratePerMinute * toFirstLook(plan)) / toFirstLook(beside));
  if (ratePerMinute > Math.min(plan.ratePerMinute, rateBeside(documents, beside))) return plan;
  return { ...plan, beside: true, ratePerMinute, wallTimeMs: wallTimeOf({ ...plan, ratePerMinute }) };
}

/** Calls of a hook ask nothing of the EHR. */
function cardSeries(
  documents: SeriesPlanDocuments,
  tracks: readonly Track[],
  reader: SeriesPlan['reader'],
  rate?: number,
): SeriesPlan {
  const plan = seriesOf(documents, tracks, undefined, reader, {
    kind: 'reading',
    ...(rate === undefined ? {} : { rate }),
  });
  const perSample = tracks.length;
  return { ...plan, kind: 'card', aiSystemRequests: { perSample, most: plan.mostSamples * perSample } };
}

/** The resource the entry's name speaks of, else every search of the contract in turn. */
function searchesOf(contract: Contract, entry: LatencyEntry): string[] {
  const found = (contract.resources ?? []).filter((resource: ContractResource) => resource.find !== undefined);
  const named = found.filter((resource) => entry.id.split(/[-_]/).includes(resource.id));
  return (named.length > 0 ? named : found).map((resource) => resource.id);
}
