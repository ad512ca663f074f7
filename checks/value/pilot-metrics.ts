import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';
import { parseDurationMs } from '../../src/model/documents/duration.js';

const mandatory = ['adoption', 'staff-time'] as const;
const dayMs = parseDurationMs('P1D');

/** From the baseline towards the target; where both are equal the value has to stay there. */
const reaches = (latest: number, baseline: number, target: number): boolean =>
  target > baseline ? latest >= target : target < baseline ? latest <= target : latest === target;

export default defineCheck({
  id: 'value.pilot-metrics',
  kind: 'attest',
  severity: 'major',
  blocks: 'product',
  title: 'The trial is measured against where it began',
  failureTitle: 'Nobody measured whether the trial helped',
  plain: 'Somebody counted before and counts again: is it used, and does it save staff time?',
  why: 'A trial without numbers from before it ends in opinions, and is rolled out or dropped for the wrong reason.',
  sends: 'Nothing. Compares the metrics of the organization file with the targets of the contract.',
  ask: {
    of: 'clinical-owner',
    text: 'Show us for each metric of success the number from before the trial, the latest one, where it comes from and when it was taken.',
  },
  remedy: [
    {
      owner: 'clinical-owner',
      effort: 'medium',
      text: 'Name baseline, source and review date for each metric, one of them adoption and one staff time.',
    },
  ],
  references: [
    'https://www.nist.gov/itl/ai-risk-management-framework',
    'https://digital.ahrq.gov/health-it-tools-and-resources/evaluation-resources',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['pilot-metrics'],
  messages: {
    'no-success': { kind: 'undecided', text: 'The contract names no metric of success; {who} should.' },
    'kind-missing': { kind: 'undecided', text: 'No metric of kind {kinds} is named in the contract.' },
    'no-target': { kind: 'undecided', text: 'The contract states no target for {metric}.' },
    'no-value': { kind: 'undecided', text: 'Of {metric} is missing: {points}.' },
    'target-missed': { kind: 'limit', text: '{metric} is {latest}; {target} was asked, from {baseline}.' },
    'out-of-date': { kind: 'limit', text: '{metric} is {days} days old; it is reviewed every {reviewEvery}.' },
  },
  evaluate: ({ 'pilot-metrics': values }, say, { item: { contract } }, { startedAt }) => {
    const { success = [], metadata } = contract;
    if (success.length === 0) {
      return say.notMeasured('no-success', 'undecided', { who: metadata.owner ?? 'the product owner' });
    }
    const kinds = mandatory.filter((kind) => !success.some((metric) => metric.kind === kind));
    const verdicts = [
      ...(kinds.length === 0 ? [] : [say.notMeasured('kind-missing', 'undecided', { kinds, pointer: '/success' })]),
      ...success.flatMap(({ id, target, reviewEvery }, index) => {
        const metric = id;
        const pointer = `/success/${index}`;
        if (target === undefined) return [say.notMeasured('no-target', 'undecided', { metric, pointer })];
        const {
          baseline = null,
          latest = null,
          source = null,
          date = null,
        } = values.find((value) => value.metric === metric) ?? {};
        if (baseline === null || latest === null || source === null || date === null) {
          const points = Object.entries({ baseline, latest, source, date }).flatMap(([name, value]) =>
            value === null ? [name] : [],
          );
          return [say.notMeasured('no-value', 'undecided', { metric, points, pointer })];
        }
        const days = -daysUntil(date, startedAt.slice(0, 10));
        const late = reviewEvery !== undefined && days * dayMs > parseDurationMs(reviewEvery);
        return [
          ...(reaches(latest, baseline, target)
            ? []
            : [say.warn('target-missed', { metric, latest, target, baseline, pointer })]),
          ...(late ? [say.warn('out-of-date', { metric, days, reviewEvery, pointer })] : []),
        ];
      }),
    ];
    return verdicts.length > 0 ? verdicts : say.pass({ metrics: success.length });
  },
});
