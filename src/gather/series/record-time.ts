import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { elementOf } from '../../fhir/element.js';
import { patientsOf } from '../../fhir/reference.js';
import { missing, type Missing } from '../../model/fact.js';
import { noAnswerAfterBudgets, type LatencySeries, type Sample } from '../../model/latency-series.js';
import {
  aheadOf,
  betweenStamps,
  stampInterval,
  stampResolutionMs,
  type StampInterval,
} from '../../model/record-stamps.js';
import { oneLook } from '../../model/shares.js';
import { lookAtClock } from '../clock-look.js';
import type { ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { followPages } from '../result-pages.js';
import { fillSearch } from '../template-values.js';
import { patientsTogether } from '../test-cases.js';
import { refersTo, valuesFromEvent, type Lanes } from './followed-events.js';
import type { RecordPlan } from './record-plan.js';
import { searchTemplatePath } from './searches.js';
import { timed } from './timed.js';

const dayMs = 86_400_000;
const blockMs = 3_600_000;
const rowsPerPage = 200;
const fewestClockReadings = 20;
/** An id no server gives to anything. */
const nowhere = 'ehr-scorecard-control';

/** Everything reading the records of earlier work may send. */
export const recordTemplates = ({ event, search, reader, most }: RecordPlan): RequestTemplate[] => [
  {
    context: reader,
    method: 'POST',
    path: `${event.type}/_search?patient&status&_count`,
    most: 1,
    pages: most.pages,
  },
  { context: reader, method: 'POST', path: searchTemplatePath({ find: search }), most: most.events },
  { context: 'anonymous', method: 'GET', path: 'metadata', most: most.clockLooks },
  {
    context: 'ai-system',
    method: 'GET',
    path: `?${event.type.toLowerCase()}`,
    purpose: 'ai-system',
    most: most.clockLooks,
  },
];

interface RecordedWork {
  /** As they stand in the record; undefined: the event was not answered. */
  readonly from: string;
  readonly to: string | undefined;
}

/** Times out of the EHR's own records of earlier work about listed patients; writes nothing. */
export async function readRecordTimes(
  plan: RecordPlan,
  tools: ProbeTools,
  lanes: Lanes,
): Promise<LatencySeries | Missing> {
  const ahead = await clocksApart(plan, tools);
  if ('missing' in ahead) return ahead;
  const events = await recordedEvents(plan, tools, lanes);
  if ('missing' in events) return events;
  const work: RecordedWork[] = [];
  let unusable = 0;
  for (const { object, from } of events) {
    tools.signal.throwIfAborted();
    const to = await answerTo(object, plan, tools, lanes);
    if (to === undefined) unusable += 1;
    else work.push({ from, to: to.stamp });
  }
  const series = timesOf(work, plan, ahead);
  if ('missing' in series) return series;
  return {
    ...series,
    source: 'record',
    cold: [],
    looks: [oneLook(series.samples.length, plan.target.percentile)],
    // Without a time in the record, or without an answer to the search for it.
    notSent: unusable,
    discarded: 0,
    clockJumps: 0,
    limited: 0,
    late: 0,
    simulator: tools.environmentClass === 'simulator',
  };
}

/** How far the AI system's clock may be ahead of the EHR's. */
async function clocksApart(
  { event, most }: RecordPlan,
  { anonymous, aiSystem, random, pause }: ProbeTools,
): Promise<StampInterval | Missing> {
  if (aiSystem === undefined) return missing('no-ai-system', 'aiSystem.query is not configured');
  const looks = { times: most.clockLooks, fewest: fewestClockReadings };
  const [ehr, product] = await Promise.all([
    lookAtClock(() => anonymous({ method: 'GET', path: 'metadata', measured: {} }), looks, { random, pause }),
    lookAtClock(() => aiSystem.ask([[event.type.toLowerCase(), `${event.type}/${nowhere}`]], { measured: {} }), looks, {
      random,
      pause,
    }),
  ]);
  if (ehr === undefined || product === undefined) {
    return missing('too-few', 'fewer than 20 answers of the EHR or of the AI system carried a time of their own');
  }
  return (
    aheadOf(ehr, product) ?? missing('clocks-disagree', 'the answers of one system come from clocks that disagree')
  );
}

/** Events old enough that whatever answers them has had its time, with the time the record gives them. */
async function recordedEvents(
  { event: { type, state }, clock, days, reader, target, most }: RecordPlan,
  { clients, organization, environment, now, signal }: ProbeTools,
  { ehr }: Lanes,
): Promise<{ readonly object: Resource & { readonly id: string }; readonly from: string }[] | Missing> {
  const patients = (organization.testData?.patients ?? []).slice(0, patientsTogether).map(({ id }) => id);
  const listed = new Set(patients);
  const client = clients[reader];
  const asked = await timed(ehr, signal, () =>
    client.send({
      method: 'POST',
      path: `${type}/_search`,
      form: [
        ['patient', patients.map((id) => `Patient/${id}`).join(',')],
        ...(state === undefined ? [] : [['status', state] as const]),
        ['_count', String(rowsPerPage)],
      ],
      measured: {},
      tolerant: true,
    }),
  );
  const page = asked.answer?.ok === true ? readSearchset(asked.answer.resource) : undefined;
  if (page === undefined || page === 'too-many') {
    return missing('control-failed', `the EHR does not answer a search for ${type} of the listed patients`);
  }
  const { rows, end } = await followPages(
    client,
    type,
    page,
    environment.fhirBase,
    { pages: most.pages },
    { measured: {} },
  );
  // Which of them are left out is the server's choice, and need not be chance.
  if (end !== 'end') return missing('too-many', `the listed patients have more ${type} than this version reads`);
  const nowMs = now().getTime();
  const found = rows.flatMap((row) => {
    const from = elementOf(row, clock.from);
    const atMs = Date.parse(from ?? '');
    const of = patientsOf(row);
    const ours = of.length > 0 && of.every((patient) => listed.has(patient));
    const isEvent =
      row.resourceType === type && (state === undefined || (row as { status?: unknown }).status === state);
    if (!ours || !isEvent || row.id === undefined || from === undefined) return [];
    if (!(atMs > nowMs - days * dayMs && atMs < nowMs - noAnswerAfterBudgets * target.budgetMs)) return [];
    return [{ object: { ...row, id: row.id }, from, atMs }];
  });
  return found
    .sort((one, other) => other.atMs - one.atMs)
    .slice(0, most.events)
    .reverse();
}

/** The earliest time of anything that names the event, if anything does; undefined where nobody can say. */
async function answerTo(
  object: Resource & { readonly id: string },
  { search, clock, reader }: RecordPlan,
  { clients, contract, startedAt, signal }: ProbeTools,
  { ehr }: Lanes,
): Promise<{ readonly stamp: string | undefined } | undefined> {
  const request = fillSearch(search, valuesFromEvent(search, object, contract), startedAt);
  const asked = await timed(ehr, signal, () =>
    clients[reader].send({
      method: 'POST',
      path: `${request.type}/_search`,
      form: request.parameters,
      measured: {},
      tolerant: true,
    }),
  );
  const page = asked.answer?.ok === true ? readSearchset(asked.answer.resource) : undefined;
  if (page === undefined || page === 'too-many' || page.next !== undefined) return undefined;
  const answers = page.matches.filter((each) => refersTo(each, `${object.resourceType}/${object.id}`));
  const stamps = answers.flatMap((each) => elementOf(each, clock.to) ?? []);
  if (stamps.length < answers.length) return undefined;
  return { stamp: stamps.sort((one, other) => Date.parse(one) - Date.parse(other))[0] };
}

function timesOf(
  work: readonly RecordedWork[],
  { target: { budgetMs }, clock }: RecordPlan,
  ahead: StampInterval,
): Pick<LatencySeries, 'samples' | 'blocks' | 'errors' | 'pollMs' | 'ratePerMinute'> | Missing {
  const fine = {
    from: stampResolutionMs(work.map(({ from }) => from)),
    to: stampResolutionMs(work.flatMap(({ to }) => to ?? [])),
  };
  const samples: Sample[] = [];
  const blocks: { samples: number; startMs: number }[] = [];
  let [firstMs, lastMs, block] = [0, 0, -1];
  for (const { from, to } of work) {
    const event = stampInterval(from, fine.from);
    const answer = to === undefined ? undefined : stampInterval(to, fine.to);
    if (event === undefined || (to !== undefined && answer === undefined)) continue;
    const sample: Sample | undefined =
      answer === undefined ? [noAnswerAfterBudgets * budgetMs, null] : betweenStamps(event, answer, ahead);
    if (sample === undefined) {
      return missing('clocks-disagree', `by ${clock.to} an answer stands before its event by ${clock.from}`);
    }
    if (samples.length === 0) firstMs = event[0];
    lastMs = event[0];
    samples.push(sample);
    const startMs = Math.floor((lastMs - firstMs) / blockMs) * blockMs;
    if (startMs > block) blocks.push({ samples: 0, startMs: (block = startMs) });
    const current = blocks.at(-1);
    if (current !== undefined) current.samples += 1;
  }
  if (samples.length === 0) return missing('too-few', `no earlier event with ${clock.from} was found`);
  return {
    samples,
    blocks,
    errors: samples.filter(([, upperMs]) => upperMs === null).length,
    pollMs: Math.max(fine.from, fine.to),
    ratePerMinute: Math.round((samples.length * 600_000) / Math.max(lastMs - firstMs, 60_000)) / 10,
  };
}

/** @throws whatever is no fault of an exchange */
export const recordTimes = (plan: RecordPlan, tools: ProbeTools, lanes: Lanes): Promise<LatencySeries | Missing> =>
  readRecordTimes(plan, tools, lanes).catch((error: unknown) => {
    if (error instanceof ExchangeFault) return missing(error.reason, error.message);
    throw error;
  });
