import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { LatencySeries } from '../../model/latency-series.js';
import { paceOf } from '../pace.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { observeByHand } from '../series/by-hand.js';
import { readBesideAnswers } from '../series/answers-beside-readings.js';
import { Lane } from '../series/lane.js';
import { observedTemplates, observeOthers } from '../series/observed.js';
import type { ObservedPlan } from '../series/observed-plan.js';
import { readingTemplates } from '../series/reading-plan.js';
import type { RecordPlan } from '../series/record-plan.js';
import { recordTemplates, recordTimes } from '../series/record-time.js';
import { besideEachOther, noneOf, samplesOf, seriesTemplates, takeAll, type Taken } from '../series/take-series.js';

/** The measured series of the run's sampling plan: one booking per sample serves every entry it can. */
export default defineProbe({
  id: 'latency-series',
  phase: 'series',
  subjects: 'run',
  needs: ['ai'],
  // The plan decides what may be written; without it only searches are measured.
  writes: 'none',
  brings: ['latency-series', 'write-visibility', 'source-age'],
  sends: (_, documents) => [
    ...(documents.sampling?.series ?? []).flatMap((plan) => seriesTemplates(plan, documents)),
    ...(documents.sampling?.observed ?? []).flatMap(observedTemplates),
    ...(documents.sampling?.readings ?? []).flatMap((plan) => readingTemplates(plan, documents.contract.resources)),
    ...(documents.sampling?.record ?? []).flatMap(recordTemplates),
  ],
  async run(_, tools) {
    const { observed, read } = await observe(tools);
    const recorded = await fromRecords(tools.sampling?.record ?? [], tools);
    const taken: Taken[] = [];
    for (const together of besideEachOther(tools.sampling?.series ?? []))
      taken.push(...(await takeAll(together, tools).catch((error: unknown) => noneOf(together, error))));
    const left = [
      ...(tools.sampling?.notMeasured ?? []).map(
        ({ subject, reason, detail }) => [subject, missing(reason, detail)] as const,
      ),
      ...taken.flatMap(({ unmeasured }) => unmeasured),
    ];
    const all = taken.flatMap((each) => each.logs.map((log) => ({ ...each, log })));
    const simulator = tools.environmentClass === 'simulator';
    const seriesOf = (each: (typeof all)[number]): LatencySeries => samplesOf(each, each.log, simulator);
    const budgets = all.filter(({ log }) => log.track.subject.startsWith('budget:'));
    const ages = new Map<string, FactValue<'source-age'>>();
    for (const each of all.filter(({ log }) => log.track.part === 'age')) {
      const { subject } = each.log.track;
      const answers = all.find(({ log }) => log.track.part === 'age-in-answer' && log.track.subject === subject);
      const isSlot = tools.contract.resources?.some(({ id, type }) => subject === `resource:${id}` && type === 'Slot');
      ages.set(subject, {
        ehr: seriesOf(each),
        aiSystem: answers === undefined ? null : seriesOf(answers),
        pairs: (answers !== undefined && isSlot === true && answers.pairs) || null,
        window: null,
      });
    }
    const inBudgets = ([subject]: readonly [string, unknown]): boolean => subject.startsWith('budget:');
    return {
      'latency-series': {
        about: Object.fromEntries([
          ...left.filter(inBudgets),
          ...observed,
          ...recorded,
          ...budgets.map((each) => [each.log.track.subject, seriesOf(each)] as const),
        ]),
      },
      'write-visibility': {
        about: Object.fromEntries(
          budgets.flatMap(({ log, plan, visibility }) =>
            log.track.part === 'visible' && visibility !== undefined
              ? [[log.track.subject, { ...visibility, reader: plan.reader }] as const]
              : [],
          ),
        ),
      },
      'source-age': { about: Object.fromEntries([...left.filter((each) => !inBudgets(each)), ...ages, ...read]) },
    };
  },
});

/** Everything that others do is observed at the same time, as finely as the pace allows; one person does one thing at a time. */
async function observe(tools: ProbeTools): Promise<{
  readonly observed: (readonly [subject: string, series: LatencySeries | Missing])[];
  readonly read: (readonly [subject: string, age: FactValue<'source-age'> | Missing])[];
}> {
  const pace = paceOf(tools.organization, tools.environment);
  const lanes = { ehr: new Lane(pace), aiSystem: new Lane(pace) };
  let hands: Promise<unknown> = Promise.resolve();
  const watched = (plan: ObservedPlan): Promise<LatencySeries | Missing> => {
    const { watching } = plan;
    if (watching.by === 'others') {
      return observeOthers(plan, watching.forMs / (watching.timesFaster ?? 1), tools, lanes);
    }
    const { person } = tools;
    if (person === undefined) return Promise.resolve(missing('no-test-object', 'nobody is at the screen'));
    const own = hands.then(() => observeByHand(plan, watching.events, person, tools, lanes));
    hands = own.catch(() => undefined);
    return own;
  };
  const { observed = [], readings = [] } = tools.sampling ?? {};
  const all = await Promise.allSettled([
    everyOne(observed, watched),
    everyOne(readings, (plan) => readBesideAnswers(plan, tools, lanes)),
  ]);
  tools.reserve(lanes.ehr.sent);
  const [series, ages] = all;
  if (series.status === 'rejected') throw series.reason;
  if (ages.status === 'rejected') throw ages.reason;
  return { observed: series.value, read: ages.value };
}

/** All of them at the same time, each to its end; then whatever one of them threw is thrown. */
async function everyOne<P extends { readonly subject: string }, V>(
  plans: readonly P[],
  work: (plan: P) => Promise<V>,
): Promise<(readonly [subject: string, value: V])[]> {
  const all = await Promise.allSettled(plans.map(work));
  return all.map((each, index) => {
    if (each.status === 'rejected') throw each.reason;
    return [plans[index]?.subject ?? '', each.value] as const;
  });
}

/** One entry after the other: nothing is in a hurry. */
async function fromRecords(
  plans: readonly RecordPlan[],
  tools: ProbeTools,
): Promise<(readonly [subject: string, series: LatencySeries | Missing])[]> {
  const pace = paceOf(tools.organization, tools.environment);
  const lanes = { ehr: new Lane(pace), aiSystem: new Lane(pace) };
  const read: (readonly [string, LatencySeries | Missing])[] = [];
  for (const plan of plans) read.push([plan.subject, await recordTimes(plan, tools, lanes)]);
  tools.reserve(lanes.ehr.sent);
  return read;
}
