import type { ContractAction } from '../../model/documents/contract.js';
import { perMinute } from '../../model/documents/parts.js';
import { ToolError, exitCodes } from '../../model/errors.js';
import { noAnswerAfterBudgets } from '../../model/latency-series.js';
import { smallestPassing } from '../../model/shares.js';
import { paceOf } from '../pace.js';
import type { RunDocuments } from '../probe.js';
import type { SeriesPlan, Track } from './sampling-plan.js';
import { looksPerWatch } from './watch.js';

type SeriesDocuments = Pick<RunDocuments, 'contract' | 'organization' | 'environment' | 'environmentClass'>;

export const coldSamples = 5;
const blockPauseMs = 61 * 60_000;
/** Search, create, read, search, undo, and the two readings of the slot. */
const usualRequestsPerBooking = 7;
/** Search, undo, and the reading of the slot. */
const usualRequestsPerEvent = 3;
/** Create, read by id, read once more for a version the create did not tell, undo. */
const createReadUndo = 4;
const spareSamples = 1.25;

/** What these tracks take together: samples, requests, writes and time. @throws ToolError `sampling-does-not-fit` */
export function seriesOf(
  documents: SeriesDocuments,
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
    // One more answer is compared with one more reading (latency D.10).
    return budgets.length === 0 ? 0 : 2 * looksPerWatch(Math.max(...budgets), Math.max(...budgets)) + 2;
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

export function wallTimeOf({
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
export function rateBeside(documents: SeriesDocuments, series: SeriesPlan): number {
  const { requestsPerSecond } = paceOf(documents.organization, documents.environment);
  const left = requestsPerSecond / 2 - (series.ratePerMinute / 60) * series.requestsPerSample.usual;
  return Math.floor((left / usualRequestsPerEvent) * 60);
}

// Offered requests stay under half of what is allowed: a Poisson stream needs the room.
function rateOf(documents: SeriesDocuments, requestsPerSample: number): number {
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

export function roomForWrites({ organization }: Pick<RunDocuments, 'organization'>, otherWrites: number): number {
  const most = organization.writePolicy?.maxPerRun;
  return most === undefined ? Number.POSITIVE_INFINITY : most - otherWrites - coldSamples;
}

export function tooFewWrites(track: Omit<Track, 'looks'>, otherWrites: number, most: number): ToolError {
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
