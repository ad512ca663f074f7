import type { Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { isMissing, missing, type FactValue, type Missing } from '../../model/fact.js';
import type { Sample } from '../../model/latency-series.js';
import { pairWithinMs } from '../../model/paired-readings.js';
import type { AgePoint } from '../../model/sawtooth.js';
import type { ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { fillSearch, holesOf, type SearchRequest } from '../template-values.js';
import { AnswerPairs, ageOfAnswer, apartMs } from './answer-pairs.js';
import type { Lanes } from './followed-events.js';
import type { SlotSighting } from './measured-search.js';
import type { ReadingPlan } from './reading-plan.js';
import { agePoint, SlotHistory, type SlotsReading } from './slot-history.js';
import { timed } from './timed.js';
import { pauseFor } from './watch.js';
import { askAboutSlot } from './watched-slots.js';

type SourceAge = FactValue<'source-age'>;

/** An id no server gives to anything. */
const nowhere = 'ehr-scorecard-control';
const mostPoints = 5_000;
const mostWatched = 20;

/** Reads slots that others take and free, and asks the AI system about them, at random moments of the window. */
export async function readBesideAnswers(
  plan: ReadingPlan,
  tools: ProbeTools,
  lanes: Lanes,
): Promise<SourceAge | Missing> {
  try {
    const asking = await prepared(plan, tools, lanes);
    return isMissing(asking) ? asking : await overTheWindow(plan, asking, tools);
  } catch (error) {
    if (error instanceof ExchangeFault) return missing(error.reason, error.message);
    throw error;
  }
}

interface Asking {
  readonly read: () => Promise<SlotsReading | undefined>;
  readonly ask: (slotId: string) => Promise<SlotSighting>;
}

async function prepared(
  { resource }: ReadingPlan,
  { contract, cases, clients, aiSystem, signal, startedAt }: ProbeTools,
  lanes: Lanes,
): Promise<Asking | Missing> {
  if (aiSystem === undefined) return missing('no-ai-system', 'aiSystem.query is not configured');
  const find = contract.resources?.find(({ id }) => id === resource)?.find;
  const [patient] = cases.patients();
  if (find === undefined || patient === undefined) return missing('no-test-object', 'no test patient is listed');
  const values = new Map(await cases.values(patient, holesOf(find)));
  const all = await searchSlots(fillSearch(find, values, startedAt), clients.ai, lanes, signal);
  if (all === undefined) return missing('control-failed', 'the search for slots is not answered as a search');
  const [first, last] = ends(all.slots);
  if (first === undefined || last === undefined) return missing('no-test-object', 'no slot is listed to be watched');
  // So few that one page holds them, and that each is asked about often.
  values.set('trigger.from', first.start);
  values.set('trigger.to', last.end);
  const request = fillSearch(find, values, startedAt);
  const ask = (slotId: string): Promise<SlotSighting> => askAboutSlot(aiSystem, lanes.aiSystem, signal, slotId);
  const { state } = await ask(nowhere);
  if (state !== 'taken') return missing('control-failed', 'aiSystem.query does not answer as agreed');
  return {
    ask,
    async read() {
      const found = await searchSlots(request, clients.ai, lanes, signal);
      return found === undefined ? undefined : readingOf(found);
    },
  };
}

/** The first and the last of the next slots that are watched. */
function ends(slots: readonly Slot[]): readonly [Slot | undefined, Slot | undefined] {
  const dated = slots.filter(({ start, end }) => !Number.isNaN(Date.parse(start)) && !Number.isNaN(Date.parse(end)));
  const next = dated.sort((one, other) => Date.parse(one.start) - Date.parse(other.start)).slice(0, mostWatched);
  return [next[0], next.at(-1)];
}

interface SlotsFound extends Pick<SlotsReading, 'complete' | 'sentAtMs' | 'receivedAtMs'> {
  readonly slots: readonly Slot[];
}

async function searchSlots(
  { type, parameters }: SearchRequest,
  client: ProbeTools['clients']['ai'],
  { ehr }: Lanes,
  signal: AbortSignal,
): Promise<SlotsFound | undefined> {
  const { answer, sentAtMs, receivedAtMs } = await timed(ehr, signal, () =>
    client.send({
      method: 'POST',
      path: `${type}/_search`,
      form: parameters,
      headers: { 'cache-control': 'no-cache' },
      measured: {},
      tolerant: true,
    }),
  );
  const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
  if (page === undefined || page === 'too-many') return undefined;
  const slots = page.matches.filter((match): match is Slot => match.resourceType === 'Slot' && match.id !== undefined);
  return { slots, complete: page.next === undefined, sentAtMs, receivedAtMs };
}

function readingOf({ slots, ...rest }: SlotsFound): SlotsReading {
  const states = slots.map(({ id = '', status }) => [id, status === 'free' ? 'free' : 'taken'] as const);
  return { ...rest, states: new Map(states) };
}

async function overTheWindow(
  { watching: { forMs, timesFaster = 1 }, everyMs, most }: ReadingPlan,
  { read, ask }: Asking,
  { random, signal }: ProbeTools,
): Promise<SourceAge | Missing> {
  const history = new SlotHistory();
  const pairs = new AnswerPairs('observed');
  const ages: [...AgePoint][] = [];
  const startMs = performance.now();
  const inWindow = (atMs: number): number => (atMs - startMs) * timesFaster;
  let readings = 0;
  for (; readings < most.readings && inWindow(performance.now()) < forMs; readings++) {
    signal.throwIfAborted();
    await pauseFor((-Math.log(1 - random()) * everyMs) / timesFaster, signal);
    const before = await read();
    if (before === undefined) continue;
    history.note(before);
    const [chosen, ...others] = history.toAsk(random);
    if (chosen === undefined) continue;
    const answers = await Promise.all([chosen, ...others].map(async (id) => ({ id, answer: await ask(id) })));
    const after = await read();
    const atMs = Math.max(...answers.map(({ answer }) => answer.receivedAtMs));
    const seen: Sample[] = [];
    for (const { id, answer } of answers) {
      const known = history.comparable(id, answer);
      if (known === undefined) continue;
      const live = after === undefined ? undefined : liveAround(id, answer, before, after);
      if (live === undefined || live.state !== known.state) {
        if (id === chosen) pairs.leaveOut();
        continue;
      }
      if (id === chosen) pairs.note(answer, live, inTime(ageOfAnswer(answer, known.change), timesFaster));
      const age = history.answered(id, answer, atMs);
      if (age !== undefined) seen.push(inTime(age, timesFaster));
    }
    const point = agePoint(Math.round(inWindow(atMs)), seen);
    if (point !== undefined && ages.length < mostPoints) ages.push([...point]);
    if (after !== undefined) history.note(after);
  }
  if (readings === 0) return missing('too-few', 'nothing was read in the time that was observed');
  const lasted = Math.round(Math.min(forMs, inWindow(performance.now())));
  return {
    ehr: null,
    aiSystem: null,
    pairs: pairs.readings(),
    window: { forMs: lasted, ...history.counts, ages },
  };
}

/** What is so of the slot where readings before and after the answer, in the same second, agree on it. */
function liveAround(
  id: string,
  answer: SlotSighting,
  before: SlotsReading,
  after: SlotsReading,
): SlotSighting | undefined {
  const [one, other] = [before, after].map(({ states, complete, sentAtMs, receivedAtMs }): SlotSighting => ({
    state: states.get(id) ?? (complete ? 'taken' : undefined),
    sentAtMs,
    receivedAtMs,
  }));
  if (one?.state === undefined || one.state !== other?.state) return undefined;
  return apartMs(one, answer) <= pairWithinMs && apartMs(other, answer) <= pairWithinMs ? one : undefined;
}

const inTime = ([atLeastMs, atMostMs]: Sample, timesFaster: number): Sample => [
  Math.round(atLeastMs * timesFaster),
  atMostMs === null ? null : Math.round(atMostMs * timesFaster),
];
