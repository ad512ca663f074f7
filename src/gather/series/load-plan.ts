import type { ContractAction, ContractTrigger, LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { perMinute } from '../../model/documents/parts.js';
import { ToolError } from '../../model/errors.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { oneLook, smallestPassing } from '../../model/shares.js';
import { repeatableAction } from '../caused-event.js';
import { paceOf } from '../pace.js';
import type { RunDocuments } from '../probe.js';
import type { SeriesPlan, Track } from './sampling-plan.js';

/** A queue needs time to grow: nobody asks for less. */
export const shortestLoadMs = 600_000;
/** Puts its load on a product only where a policy or the command line names it. */
export const loadCheck = 'latency.under-load';

/** The contract's peak rate of one trigger, kept up for a time. */
export interface LoadPlan {
  readonly trigger: string;
  readonly series: SeriesPlan;
}

export interface NoLoad {
  readonly trigger: string;
  readonly reason: NotMeasuredReason;
  readonly detail: string;
}

type WhyNot = readonly [reason: NotMeasuredReason, detail: string];
type LoadDocuments = Pick<RunDocuments, 'contract' | 'organization' | 'environment' | 'environmentClass'>;

/** What the plan of the other series lends to this one. */
export interface LoadTools {
  readonly whyNotMeasured: (entry: LatencyEntry) => WhyNot | undefined;
  /** The series these tracks need, at this rate. @throws ToolError `sampling-does-not-fit` */
  readonly seriesOf: (
    tracks: readonly Track[],
    action: ContractAction | undefined,
    kind: SeriesPlan['kind'],
    ratePerMinute: number,
  ) => SeriesPlan;
}

const defaultPercentile = 95;
/** A series keeps no more. */
const mostSamples = 5_000;

const partOf = ({ from, to }: LatencyEntry): Track['part'] | undefined => {
  if (from === 'external-event') return to === 'visible' ? 'record' : 'confirmed-answer';
  if (from === 'hook-call') return 'card';
  return from === 'ehr-event' && to === 'ai-response' ? 'response' : undefined;
};

const kindOf: Readonly<Partial<Record<Track['part'], SeriesPlan['kind']>>> = {
  record: 'event',
  'confirmed-answer': 'event',
  card: 'card',
  response: 'booking',
};

/**
 * The peak rate of every trigger that has one, for as long as was asked and until its percentile can be shown; what the
 * limits cannot hold is not measured. Pure.
 *
 * @param room creates the organization allows beside everything else the run writes
 */
export function loadPlans(
  documents: LoadDocuments,
  { forMs, room }: { readonly forMs: number; readonly room: number },
  tools: LoadTools,
): { readonly load: LoadPlan[]; readonly noLoad: NoLoad[] } {
  const load: LoadPlan[] = [];
  const noLoad: NoLoad[] = [];
  let left = room;
  for (const trigger of documents.contract.triggers ?? []) {
    if (trigger.peakRate === undefined) continue;
    const planned = loadOf(documents, trigger, { forMs, room: left }, tools);
    if ('series' in planned) {
      load.push(planned);
      left -= planned.series.writes;
    } else noLoad.push({ trigger: trigger.id, reason: planned[0], detail: planned[1] });
  }
  return { load, noLoad };
}

function loadOf(
  documents: LoadDocuments,
  { id, peakRate }: ContractTrigger,
  { forMs, room }: { readonly forMs: number; readonly room: number },
  { whyNotMeasured, seriesOf }: LoadTools,
): LoadPlan | WhyNot {
  const booking = repeatableAction(documents);
  const timed = (documents.contract.latency ?? []).filter(
    (entry) => entry.trigger === id && entry.budget !== undefined && partOf(entry) !== undefined,
  );
  const [first] = timed;
  if (first === undefined || peakRate === undefined) {
    return ['undecided', 'no entry under latency says how soon the AI system has to be done with this trigger'];
  }
  const usable = timed.filter((entry) => whyNotMeasured(entry) === undefined);
  if (usable.length === 0) return whyNotMeasured(first) ?? ['undecided', ''];
  const rate = perMinute(peakRate);
  const percentiles = usable.map(({ percentile = defaultPercentile }) => percentile);
  const samples = Math.max(
    Math.ceil((forMs / 60_000) * rate),
    ...percentiles.map((percentile) => smallestPassing(0, percentile)),
  );
  if (samples > mostSamples) {
    return [
      'tool-limited',
      `${samples} samples in ${Math.round(forMs / 60_000)} minutes are more than this version keeps`,
    ];
  }
  const tracks = usable.flatMap((entry): Track[] => {
    const part = partOf(entry);
    const { percentile = defaultPercentile, budget = '' } = entry;
    if (part === undefined) return [];
    const target = { percentile, budgetMs: parseDurationMs(budget) };
    // However it goes, the load is kept up to its end.
    const looks = [{ ...oneLook(samples, percentile), failAt: null }];
    return [{ subject: `budget:${entry.id}`, part, target, looks, resources: [], trigger: id }];
  });
  const kind = kindOf[tracks[0]?.part ?? 'response'] ?? 'booking';
  try {
    const series = seriesOf(tracks, kind === 'card' ? undefined : booking, kind, rate);
    return tooMuch(documents, series, room) ?? { trigger: id, series };
  } catch (error) {
    if (error instanceof ToolError) return ['cap', error.message];
    throw error;
  }
}

/** Offered requests stay under half of what is allowed: a Poisson stream needs the room. */
function tooMuch(
  { organization, environment }: LoadDocuments,
  { ratePerMinute, requestsPerSample: { usual }, writes }: SeriesPlan,
  room: number,
): WhyNot | undefined {
  const { requestsPerSecond } = paceOf(organization, environment);
  const needed = Math.ceil(Math.round((ratePerMinute / 60) * usual * 2 * 1_000) / 100) / 10;
  if (needed > requestsPerSecond) {
    return [
      'cap',
      `limits.requestsPerSecond is ${requestsPerSecond}; ${ratePerMinute} a minute at ${usual} requests each need ${needed}`,
    ];
  }
  if (writes <= room) return undefined;
  return ['cap', `writePolicy.maxPerRun leaves ${Math.max(0, room)} writes, and the load needs ${writes}`];
}
