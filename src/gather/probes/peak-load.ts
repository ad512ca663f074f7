import { missing } from '../../model/fact.js';
import { oneLook } from '../../model/shares.js';
import { defineProbe, type RunDocuments } from '../probe.js';
import { samplesOf, seriesTemplates, takeAll } from '../series/take-series.js';

const planOf = ({ sampling }: RunDocuments, trigger: string) =>
  sampling?.load?.find((each) => each.trigger === trigger)?.series;

/** The product at the contract's peak rate, for as long as was agreed: an open loop, whatever becomes of the answers. */
export default defineProbe({
  id: 'peak-load',
  phase: 'load',
  subjects: 'trigger',
  when: ({ item: { trigger } }) => trigger.peakRate !== undefined,
  needs: ['ai'],
  writes: 'all',
  takesLoad: true,
  brings: ['peak-load'],
  sends({ item: { trigger } }, documents) {
    const plan = planOf(documents, trigger.id);
    return plan === undefined ? [] : seriesTemplates(plan, documents);
  },
  async run({ item: { trigger } }, tools) {
    const plan = planOf(tools, trigger.id);
    if (plan === undefined) {
      const why = tools.sampling?.noLoad?.find((each) => each.trigger === trigger.id);
      return {
        'peak-load':
          why === undefined
            ? missing(
                'not-gathered',
                'takes ten minutes or longer: run with --policy scale, or --only latency.under-load',
              )
            : missing(why.reason, why.detail),
      };
    }
    const [taken] = await takeAll([plan], tools);
    if (taken === undefined || taken.logs.length === 0) {
      return { 'peak-load': taken?.unmeasured[0]?.[1] ?? missing('probe-error', 'nothing was taken') };
    }
    const entries = taken.logs.map((log) => {
      const { subject, target } = log.track;
      const id = subject.replace('budget:', '');
      const { maxErrorShare } = tools.contract.latency?.find((entry) => entry.id === id) ?? {};
      const series = samplesOf(taken, log, tools.environmentClass === 'simulator');
      const looks = [oneLook(series.samples.length, target.percentile)];
      return { entry: id, ...target, maxErrorShare: maxErrorShare ?? null, series: { ...series, looks } };
    });
    return { 'peak-load': { ratePerMinute: plan.ratePerMinute, forMs: plan.wallTimeMs.last, entries } };
  },
});
