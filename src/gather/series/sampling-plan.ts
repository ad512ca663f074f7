import type { Contract, ContractAction, ContractResource, LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { perMinute } from '../../model/documents/parts.js';
import { ToolError, exitCodes } from '../../model/errors.js';
import { latencyCheckOf } from '../../model/latency-pairs.js';
import { looksFor, noAnswerAfterBudgets, type LatencyTarget } from '../../model/latency-series.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { smallestPassing, type Look } from '../../model/shares.js';
import { paceOf } from '../pace.js';
import type { RunDocuments } from '../probe.js';
import { isSearch } from '../action-steps.js';
import { causableEvent, repeatableAction } from '../caused-event.js';
import { payloadOf } from '../event-subscription.js';
import { outsideTrigger } from '../observers/product-trial.js';
import { isObservedPlan, observedPlan, type ObservedPlan } from './observed-plan.js';
import { isRecordPlan, recordPlan, type RecordPlan } from './record-plan.js';
import { loadPlans, type LoadPlan, type NoLoad } from './load-plan.js';
import { looksPerWatch } from './watch.js';

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

const coldSamples = 5;
const agePercentile = 95;
const defaultPercentile = 95;
const blockPauseMs = 61 * 60_000;
/** Search, create, read, search, undo, and the two readings of the slot. */
const usualRequestsPerBooking = 7;
/** Search, undo, and the reading of the slot. */
const usualRequestsPerEvent = 3;
/** Create, read by id, read once more for a version the create did not tell, undo. */
const createReadUndo = 4;
const spareSamples = 1.25;

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
      else if (part === 'visible' && booking.observe === undefined) {
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
    ...(record.length === 0 ? {} : { record }),
    notMeasured,
  };
}

/** Entries that begin with an event the product can be told of, where their series may write. */
function eventTracks(
  documents: Parameters<typeof samplingPlan>[0],
  booking: ContractAction | undefined,
): Omit<Track, 'looks'>[] {
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
  documents: Parameters<typeof samplingPlan>[0],
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
  documents: Parameters<typeof samplingPlan>[0],
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

function seriesOf(
  documents: Parameters<typeof samplingPlan>[0],
  tracks: readonly Track[],
  action: ContractAction | undefined,
  reader: SeriesPlan['reader'],
  {
    kind = action === undefined ? 'reading' : 'booking',
    rate,
  }: {
    readonly kind?: SeriesPlan['kind'];
    /** The contract's own, in one go; absent: as the limits allow, in the blocks that were agreed. */
    readonly rate?: number;
  } = {},
): SeriesPlan {
  const { contract, organization, environmentClass } = documents;
  const simulator = environmentClass === 'simulator';
  const looks = [...new Set(tracks.flatMap((track) => track.looks.map(({ n }) => n)))].sort((a, b) => a - b);
  const [first = 0, last = 0] = [looks[0], looks.at(-1)];
  const booking = kind === 'booking';
  const sampling = organization.limits?.sampling;
  const blocks = rate === undefined ? (sampling?.blocks ?? 1) : 1;
  const searches = tracks.filter(({ part }) => part === 'read').length;
  // What is watched for in one go is asked as finely as the tightest budget needs, for as long as the widest allows.
  const looksAt = (parts: readonly Track['part'][]): number => {
    const budgets = tracks.filter(({ part }) => parts.includes(part)).map(({ target }) => target.budgetMs);
    if (budgets.length === 0) return 0;
    return looksPerWatch(Math.min(...budgets), noAnswerAfterBudgets * Math.max(...budgets));
  };
  const usual = kind === 'event' ? usualRequestsPerEvent : booking ? usualRequestsPerBooking - 1 + searches : searches;
  const slotLooks = (part: Track['part']): number => {
    const budgets = tracks.filter((track) => track.part === part).map(({ target }) => target.budgetMs);
    // Taken and free again; each is over as soon as its age is.
    return budgets.length === 0 ? 0 : 2 * looksPerWatch(Math.max(...budgets), Math.max(...budgets)) + 1;
  };
  const looksPerSample = {
    visible: looksAt(['visible', 'age', 'record', 'confirmed-answer']),
    slot: booking ? slotLooks('age') + 1 : 0,
    response: looksAt(['response', 'age-in-answer']),
    slotInAnswers: slotLooks('age-in-answer'),
  };
  const { visible, slot, response, slotInAnswers } = looksPerSample;
  const most =
    kind === 'event'
      ? visible + usualRequestsPerEvent
      : booking
        ? searches + createReadUndo + visible + slot
        : searches;
  const mostSamples = Math.ceil((last + coldSamples) * spareSamples);
  const ratePerMinute = rate ?? rateOf(documents, usual);
  const pauseMs = simulator ? 0 : blockPauseMs;
  const contractRates = (contract.latency ?? []).flatMap(({ atRate }) => (atRate === undefined ? [] : [atRate]));
  const plan: SeriesPlan = {
    kind,
    action: action?.id,
    tracks,
    reader,
    cold: coldSamples,
    looks,
    blocks,
    blockPauseMs: pauseMs,
    ratePerMinute,
    contractRatePerMinute: rate ?? (contractRates.length === 0 ? undefined : Math.max(...contractRates.map(perMinute))),
    requestsPerSample: { usual, most },
    looksPerSample,
    mostSamples,
    requests: { firstLook: (first + coldSamples) * usual, most: mostSamples * most },
    aiSystemRequests: {
      perSample:
        kind === 'event' ? 1 : tracks.filter(({ part }) => ['response', 'age-in-answer'].includes(part)).length,
      most: kind === 'event' ? last + coldSamples : mostSamples * (response + slotInAnswers),
    },
    writes: action === undefined ? 0 : last + coldSamples,
    wallTimeMs: wallTimeOf({ looks, blocks, blockPauseMs: pauseMs, ratePerMinute }),
  };
  const perDay = organization.limits?.perDay;
  if (perDay !== undefined && plan.requests.most > perDay) {
    throw new ToolError(
      'sampling-does-not-fit',
      `limits.perDay is ${perDay}, and ${last + coldSamples} samples may take up to ${plan.requests.most} requests`,
      { exitCode: exitCodes.couldNotStart, next: `Agree on limits.perDay of at least ${plan.requests.most}.` },
    );
  }
  return plan;
}

function wallTimeOf({
  looks,
  blocks,
  blockPauseMs: pauseMs,
  ratePerMinute,
}: Pick<SeriesPlan, 'looks' | 'blocks' | 'blockPauseMs' | 'ratePerMinute'>): SeriesPlan['wallTimeMs'] {
  const wall = (samples: number): number =>
    Math.round(((samples + coldSamples) / ratePerMinute) * 60_000) + (blocks - 1) * pauseMs;
  return { firstLook: wall(looks[0] ?? 0), last: wall(looks.at(-1) ?? 0) };
}

/** Events a minute for which the series leaves room in half of what is allowed. */
function rateBeside(documents: Parameters<typeof samplingPlan>[0], series: SeriesPlan): number {
  const { requestsPerSecond } = paceOf(documents.organization, documents.environment);
  const left = requestsPerSecond / 2 - (series.ratePerMinute / 60) * series.requestsPerSample.usual;
  return Math.floor((left / usualRequestsPerEvent) * 60);
}

// Offered requests stay under half of what is allowed: a Poisson stream needs the room.
function rateOf(documents: Parameters<typeof samplingPlan>[0], requestsPerSample: number): number {
  const { requestsPerSecond } = paceOf(documents.organization, documents.environment);
  const largest = (requestsPerSecond / 2 / Math.max(1, requestsPerSample)) * 60;
  const stated = documents.organization.limits?.sampling?.rate;
  if (stated === undefined) return Math.max(1, Math.floor(largest));
  const asked = perMinute(stated);
  if (asked <= largest) return asked;
  const needed = Math.ceil((asked / 60) * requestsPerSample * 2 * 10) / 10;
  throw new ToolError(
    'sampling-does-not-fit',
    `limits.sampling.rate is ${asked} a minute at ${requestsPerSample} requests each, more than half of limits.requestsPerSecond (${requestsPerSecond})`,
    {
      exitCode: exitCodes.couldNotStart,
      next: `Set limits.sampling.rate to at most {perMinute: ${Math.floor(largest)}}, or agree on limits.requestsPerSecond of ${needed}.`,
    },
  );
}

function roomForWrites({ organization }: Pick<RunDocuments, 'organization'>, otherWrites: number): number {
  const most = organization.writePolicy?.maxPerRun;
  return most === undefined ? Number.POSITIVE_INFINITY : most - otherWrites - coldSamples;
}

function tooFewWrites(track: Omit<Track, 'looks'>, otherWrites: number, most: number): ToolError {
  const needed = smallestPassing(0, track.target.percentile) + coldSamples + otherWrites;
  return new ToolError(
    'sampling-does-not-fit',
    `writePolicy.maxPerRun is ${most}; p${track.target.percentile} of ${track.subject} needs ${needed - otherWrites} samples beside ${otherWrites} other writes`,
    {
      exitCode: exitCodes.couldNotStart,
      next: `Agree on writePolicy.maxPerRun of at least ${needed}, ask for a smaller percentile, or run with --writes one.`,
    },
  );
}

type WhyNot = [reason: NotMeasuredReason, detail: string];
type SeriesDocuments = Pick<RunDocuments, 'contract' | 'organization'>;

/** Why the product is not put under load by this entry. */
function whyNotLoaded(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  booking: ContractAction | undefined,
): WhyNot | undefined {
  const { aiSystem } = documents.organization;
  if (entry.from === 'external-event') return whyNotTold(documents, entry, booking, true);
  if (entry.from !== 'hook-call') return whyNoAnswer(documents, entry, aiSystem?.query !== undefined, true);
  return aiSystem?.cdsHooks === undefined
    ? ['no-ai-system', 'aiSystem.cdsHooks is not in the organization file']
    : undefined;
}

function whyNoAnswer(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  aiSystem: boolean,
  active: boolean,
): WhyNot | undefined {
  if (!aiSystem) return ['no-ai-system', 'aiSystem.query is not in the organization file'];
  const answer = documents.contract.actions?.find((action) => action.id === entry.answeredBy);
  if (answer?.observe !== 'aiSystem.query') {
    return ['not-in-this-version', 'this version finds answers through aiSystem.query'];
  }
  return whyNotCaused(documents, entry, active);
}

/** Why the product cannot be told of the event of this entry over and over. */
function whyNotTold(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  booking: ContractAction | undefined,
  active: boolean,
): WhyNot | undefined {
  if (documents.organization.aiSystem?.webhook === undefined) {
    return ['no-ai-system', 'aiSystem.webhook is not in the organization file'];
  }
  if (entry.to === 'write-acknowledged') {
    return [
      'not-in-this-version',
      'this version sees what the product wrote, not the answer it got: end the entry at visible',
    ];
  }
  if (outsideTrigger(documents)?.id !== entry.trigger) {
    return ['not-in-this-version', 'this version tells the product of the first trigger from outside the EHR'];
  }
  if (booking === undefined || booking.id !== entry.answeredBy) {
    return ['not-in-this-version', 'no series asks for this action: it needs a create and an undo by FHIR'];
  }
  if (!isSearch(booking.observe) || !booking.observe.startsWith(`${booking.resource}?`)) {
    return ['undecided', `action ${booking.id} does not say where staff sees it (observe)`];
  }
  return active ? undefined : ['writes-off', 'needs --writes all and the agreement to write'];
}

function whyNotDelivered(documents: SeriesDocuments, entry: LatencyEntry, active: boolean): WhyNot | undefined {
  const channel = documents.organization.channels?.[entry.trigger ?? ''];
  if (channel?.kind !== 'subscription') {
    return ['not-in-this-version', 'this version times the delivery of a subscription'];
  }
  if (payloadOf(channel) === 'empty') {
    return ['tool-limited', 'an empty notification names no object, so that it cannot be told which event it is about'];
  }
  return whyNotCaused(documents, entry, active);
}

function whyNotCaused(documents: SeriesDocuments, entry: LatencyEntry, active: boolean): WhyNot | undefined {
  const trigger = documents.contract.triggers?.find(({ id }) => id === entry.trigger);
  if (causableEvent(documents, trigger)?.by !== 'undo') {
    return ['not-in-this-version', 'this version causes events by undoing what it created'];
  }
  return active ? undefined : ['writes-off', 'needs --writes all and the agreement to write'];
}

/** The resource the entry's name speaks of, else every search of the contract in turn. */
function searchesOf(contract: Contract, entry: LatencyEntry): string[] {
  const found = (contract.resources ?? []).filter((resource: ContractResource) => resource.find !== undefined);
  const named = found.filter((resource) => entry.id.split(/[-_]/).includes(resource.id));
  return (named.length > 0 ? named : found).map((resource) => resource.id);
}
