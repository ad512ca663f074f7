import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { LatencySeries } from '../../model/latency-series.js';
import { paceOf } from '../pace.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { observeByHand } from '../series/by-hand.js';
import { Lane } from '../series/lane.js';
import { observedTemplates, observeOthers } from '../series/observed.js';
import type { ObservedPlan } from '../series/observed-plan.js';
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
    ...(documents.sampling?.record ?? []).flatMap(recordTemplates),
  ],
  async run(_, tools) {
    const observed = await observe(tools.sampling?.observed ?? [], tools);
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
      ages.set(subject, { ehr: seriesOf(each), aiSystem: answers === undefined ? null : seriesOf(answers) });
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
      'source-age': { about: Object.fromEntries([...left.filter((each) => !inBudgets(each)), ...ages]) },
    };
  },
});

/** Everything that others do is observed at the same time, as finely as the pace allows; one person does one thing at a time. */
async function observe(
  plans: readonly ObservedPlan[],
  tools: ProbeTools,
): Promise<(readonly [subject: string, series: LatencySeries | Missing])[]> {
  const pace = paceOf(tools.organization, tools.environment);
  const lanes = { ehr: new Lane(pace), aiSystem: new Lane(pace) };
  let hands: Promise<unknown> = Promise.resolve();
  const watched = (plan: ObservedPlan): Promise<LatencySeries | Missing> => {
    const { watching } = plan;
    if (watching.by === 'others') return observeOthers(plan, watching.forMs, tools, lanes);
    const { person } = tools;
    if (person === undefined) return Promise.resolve(missing('no-test-object', 'nobody is at the screen'));
    const own = hands.then(() => observeByHand(plan, watching.events, person, tools, lanes));
    hands = own.catch(() => undefined);
    return own;
  };
  const all = await Promise.allSettled(plans.map(watched));
  tools.reserve(lanes.ehr.sent);
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
