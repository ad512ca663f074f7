import { isMissing, missing, type Missing } from '../../model/fact.js';
import type { LatencySeries } from '../../model/latency-series.js';
import type { PairedReadings } from '../../model/paired-readings.js';
import { answersFor, slotOffered } from '../ai-system.js';
import { subscriptionTemplates } from '../event-subscription.js';
import { paceOf } from '../pace.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type Answer, type RequestTemplate } from '../request.js';
import { Bookings, type Visibility } from './bookings.js';
import { cardTemplates, takeCards } from './cards.js';
import { Deliveries } from './deliveries.js';
import type { Lanes } from './followed-events.js';
import { Lane } from './lane.js';
import { OwnLateness } from '../own-lateness.js';
import { runSeries } from './run-series.js';
import type { SeriesPlan, Track } from './sampling-plan.js';
import { filledSearches, searchTemplatePath, takeSearches } from './searches.js';
import { ToldEvents, toldEventTemplates } from './told-events.js';
import type { SeriesBlock, TrackLog } from './track-log.js';

const mostControls = 200;
/** Half a minute: a product that has just been told where its EHR is may have to copy something first, on a busy machine. */
const startLooks = 60;
const startLookMs = 500;
/** An id no server gives to anything. */
const nowhere = 'ehr-scorecard-control';

/** What one series brought. */
export interface Taken {
  /** Subjects that could not be measured after all. */
  readonly unmeasured: readonly (readonly [subject: string, why: Missing])[];
  readonly plan: SeriesPlan;
  readonly logs: readonly TrackLog[];
  readonly blocks: readonly SeriesBlock[];
  readonly visibility: Visibility | undefined;
  /** Answers about slots beside live readings; absent where the series books none. */
  readonly pairs?: PairedReadings;
}

/** Series one after the other, each with those that run at the same time. */
export function besideEachOther(series: readonly SeriesPlan[]): SeriesPlan[][] {
  const groups: SeriesPlan[][] = [];
  for (const plan of series) {
    const last = groups.at(-1);
    if (plan.beside === true && last !== undefined) last.push(plan);
    else groups.push([plan]);
  }
  return groups;
}

/** What one series meets says nothing about what was measured otherwise. */
export function noneOf(plans: readonly SeriesPlan[], error: unknown): Taken[] {
  if (!(error instanceof ExchangeFault)) throw error;
  const why = missing(error.reason, error.message);
  return plans.map((plan) => {
    const unmeasured = [...new Set(plan.tracks.map(({ subject }) => subject))].map(
      (subject) => [subject, why] as const,
    );
    return { unmeasured, plan, logs: [], blocks: [], visibility: undefined };
  });
}

/** They share the pace, and what limits.perDay holds. */
export async function takeAll(plans: readonly SeriesPlan[], tools: ProbeTools): Promise<Taken[]> {
  const pace = paceOf(tools.organization, tools.environment);
  const lateness = new OwnLateness();
  const lanes = { ehr: new Lane(pace, lateness), aiSystem: new Lane(pace, lateness) };
  const reserved = tools.reserve(plans.reduce((sum, { requests }) => sum + requests.most, 0));
  if (reserved === undefined) throw new ExchangeFault('cap', 'limits.perDay does not hold the series', undefined);
  try {
    for (const plan of plans) await untilStarted(plan, tools);
    const all = await Promise.allSettled(plans.map((plan) => take(plan, tools, lanes)));
    return all.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  } finally {
    lateness.stop();
    // What was not sent goes back to the day's budget.
    reserved.cancel();
    tools.reserve(lanes.ehr.sent);
  }
}

async function take(agreed: SeriesPlan, tools: ProbeTools, { ehr, aiSystem }: Lanes): Promise<Taken> {
  if (agreed.kind === 'card') {
    return { ...(await takeCards(agreed, tools, aiSystem)), plan: agreed, visibility: undefined };
  }
  if (agreed.kind === 'event') return takeEvents(agreed, tools, { ehr, aiSystem });
  const { contract, clients } = tools;
  const deliveries = new Map<string, Deliveries>();
  const unheard = new Map<string, Missing>();
  try {
    for (const trigger of triggersOf(agreed)) {
      const opened = await Deliveries.open(tools, trigger, ehr);
      if (isMissing(opened)) unheard.set(trigger, opened);
      else deliveries.set(trigger, opened);
    }
    const silent = await silentParts(agreed, tools);
    const why = (track: Track): Missing | undefined => {
      if (silent.includes(track.part)) return missing('control-failed', 'aiSystem.query does not answer as agreed');
      return track.part === 'delivery' ? unheard.get(track.trigger ?? '') : undefined;
    };
    const plan = { ...agreed, tracks: agreed.tracks.filter((track) => why(track) === undefined) };
    const unmeasured = agreed.tracks.flatMap((track) => {
      const reason = track.subject.startsWith('budget:') ? why(track) : undefined;
      return reason === undefined ? [] : [[track.subject, reason] as const];
    });
    const reader = clients[plan.reader];
    await Promise.all([clients.ai.signedIn(), reader.signedIn()]);
    const action = contract.actions?.find(({ id }) => id === plan.action);
    const bookings =
      action === undefined
        ? undefined
        : new Bookings(tools, action, reader, { ehr, aiSystem, deliveries, mostWrites: plan.writes });
    const searched = plan.tracks.filter(({ part }) => part === 'read').flatMap(({ resources }) => resources);
    const searches = await filledSearches(tools, searched);
    const { logs, blocks } = await runSeries({
      plan,
      lane: ehr,
      random: tools.random,
      signal: tools.signal,
      async take(task) {
        await takeSearches(tools, ehr, searches, task);
        await bookings?.take(task);
      },
      control: () => answersAtAll(tools),
    });
    return {
      unmeasured,
      plan,
      logs,
      blocks,
      visibility: bookings?.visibility,
      ...(bookings === undefined ? {} : { pairs: bookings.slots.pairs.readings() }),
    };
  } finally {
    for (const opened of deliveries.values()) await opened.close();
  }
}

async function takeEvents(plan: SeriesPlan, tools: ProbeTools, { ehr, aiSystem }: Lanes): Promise<Taken> {
  const { contract, clients } = tools;
  const action = contract.actions?.find(({ id }) => id === plan.action);
  if (action === undefined) throw new ExchangeFault('undecided', 'the action is not in the contract', undefined);
  const reader = clients[plan.reader];
  await Promise.all([clients.ai.signedIn(), reader.signedIn()]);
  const events = new ToldEvents(tools, action, reader, { ehr, aiSystem, mostWrites: plan.writes });
  const { logs, blocks } = await runSeries({
    plan,
    lane: aiSystem,
    random: tools.random,
    signal: tools.signal,
    take: (task) => events.take(task),
    control: () => answersAtAll(tools),
  });
  const { unheard } = events;
  if (unheard === undefined) return { unmeasured: [], plan, logs, blocks, visibility: undefined };
  const isAnswer = ({ part }: Track): boolean => part === 'confirmed-answer';
  const unmeasured = plan.tracks.filter(isAnswer).map(({ subject }) => [subject, unheard] as const);
  return { unmeasured, plan, logs: logs.filter(({ track }) => !isAnswer(track)), blocks, visibility: undefined };
}

/** Whether the EHR answers a request of another kind. */
const answersAtAll = ({ anonymous }: ProbeTools): Promise<boolean> =>
  anonymous({ method: 'GET', path: 'metadata', measured: {} }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Triggers whose notifications the series waits for. */
const triggersOf = ({ tracks }: SeriesPlan): string[] => [
  ...new Set(tracks.flatMap(({ part, trigger }) => (part === 'delivery' && trigger !== undefined ? [trigger] : []))),
];

/** A product that finds its EHR only now, by the proxy of the run, gets some seconds before anything is counted. */
async function untilStarted({ action, looksPerSample }: SeriesPlan, tools: ProbeTools): Promise<void> {
  const { aiSystem, contract, pause } = tools;
  if (aiSystem === undefined || looksPerSample.response === 0) return;
  const resource = contract.actions?.find(({ id }) => id === action)?.resource ?? '';
  for (let asked = 1; asked <= startLooks; asked++) {
    const answer = await aiSystem
      .ask([[resource.toLowerCase(), `${resource}/${nowhere}`]], { measured: {} })
      .catch((error: unknown) => {
        if (error instanceof ExchangeFault) return undefined;
        throw error;
      });
    if (answer?.status !== 503) return;
    await pause(startLookMs);
  }
}

/** Before anything is counted: the AI system says of a thing that is not there that it has no answer to it. */
async function silentParts(plan: SeriesPlan, { aiSystem, contract }: ProbeTools): Promise<Track['part'][]> {
  if (aiSystem === undefined || plan.aiSystemRequests.most === 0) return [];
  const resource = contract.actions?.find(({ id }) => id === plan.action)?.resource ?? '';
  const nobody = `${resource}/${nowhere}`;
  const once = (name: string, reference: string): Promise<Answer | undefined> =>
    aiSystem.ask([[name, reference]], { sample: true }).catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
  // One answer that fails to come says nothing yet.
  const ask = async (name: string, reference: string): Promise<Answer | undefined> => {
    const first = await once(name, reference);
    return first?.ok === true ? first : once(name, reference);
  };
  const asked = new Set(plan.tracks.map(({ part }) => part));
  const silent: Track['part'][] = [];
  if (asked.has('response') && answersFor(await ask(resource.toLowerCase(), nobody), nobody) !== false) {
    silent.push('response', 'age-in-answer');
  } else if (
    asked.has('age-in-answer') &&
    slotOffered(await ask('slot', `Slot/${nowhere}`), `Slot/${nowhere}`) !== false
  ) {
    silent.push('age-in-answer');
  }
  return silent;
}

/** Everything one series may send. */
export function seriesTemplates(plan: SeriesPlan, documents: RunDocuments): RequestTemplate[] {
  if (plan.kind === 'card') return cardTemplates(plan, documents, mostControls);
  const control = { context: 'anonymous', method: 'GET', path: 'metadata', most: mostControls } as const;
  if (plan.kind === 'event') return [...toldEventTemplates(plan, documents), control];
  const { contract } = documents;
  const { mostSamples: samples, looksPerSample } = plan;
  const searched = new Set(plan.tracks.flatMap(({ resources }) => resources));
  const searches = (contract.resources ?? [])
    .filter(({ find }) => find !== undefined)
    // Whoever books looks whether the slot is free again.
    .map((resource) => ({ resource, watched: plan.action !== undefined && resource.type === 'Slot' }))
    .filter(({ resource, watched }) => watched || searched.has(resource.id))
    .map(({ resource, watched }): RequestTemplate => {
      return {
        context: 'ai',
        method: 'POST',
        path: searchTemplatePath(resource),
        most: samples * (watched ? 1 + looksPerSample.slot : 1),
      };
    });
  const action = contract.actions?.find(({ id }) => id === plan.action);
  const { resource } = action ?? {};
  const ask = (name: string, looks: number): RequestTemplate => ({
    context: 'ai-system',
    method: 'GET',
    path: `?${name}`,
    purpose: 'ai-system',
    most: samples * looks,
  });
  return (
    [
      ...searches,
      ...(resource === undefined
        ? []
        : ([
            { context: 'ai', method: 'POST', path: resource, most: plan.writes, mutates: true },
            // The undo counts in no limit.
            { context: 'ai', method: 'PATCH', path: `${resource}/{id}`, most: plan.writes },
            { context: 'ai', method: 'GET', path: `${resource}/{id}`, most: samples * 2 },
            {
              context: plan.reader,
              method: 'POST',
              path: searchTemplatePath({ find: action?.observe }),
              most: samples * looksPerSample.visible,
            },
          ] satisfies RequestTemplate[])),
      ...subscriptionTemplates(triggersOf(plan).length),
      ask((resource ?? '').toLowerCase(), looksPerSample.response),
      ask('slot', looksPerSample.slotInAnswers),
      control,
    ] satisfies RequestTemplate[]
  ).filter(({ most }) => most > 0);
}

/** The samples of one track of a series, as a fact holds them. */
export const samplesOf = ({ plan, blocks }: Taken, log: TrackLog, simulator: boolean): LatencySeries =>
  log.series({ ratePerMinute: plan.ratePerMinute, simulator }, blocks);
