import { missing, type Missing } from '../../model/fact.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { cdsHooksTemplates, type CdsHooksClient } from '../observers/cds-hooks.js';
import { askingTemplates, askServices, type AskedService } from '../observers/cds-hooks-asking.js';
import { readAnswer } from '../observers/cds-hooks-documents.js';
import type { Lane } from './lane.js';
import { runSeries, type SampleTask } from './run-series.js';
import type { SeriesPlan, Track } from './sampling-plan.js';
import { deadlineOf } from './searches.js';
import { timed } from './timed.js';
import type { SeriesBlock, TrackLog } from './track-log.js';

/** Everything a series of hook calls may send. */
export const cardTemplates = (plan: SeriesPlan, documents: RunDocuments, mostControls: number): RequestTemplate[] => [
  ...askingTemplates(documents),
  ...cdsHooksTemplates({ discoveries: mostControls, calls: plan.aiSystemRequests.most, feedbacks: 0 }),
];

/** Calls of each track's hook about the test patients in turn, timed from when they were due to the whole answer. */
export async function takeCards(
  agreed: SeriesPlan,
  tools: ProbeTools,
  lane: Lane,
): Promise<{
  readonly unmeasured: readonly (readonly [subject: string, why: Missing])[];
  readonly logs: readonly TrackLog[];
  readonly blocks: readonly SeriesBlock[];
}> {
  const { cdsHooks, contract } = tools;
  if (cdsHooks === undefined) throw new ExchangeFault('no-ai-system', 'aiSystem.cdsHooks is not configured', undefined);
  const { services } = await askServices(tools, cdsHooks);
  const askedFor = ({ trigger }: Track): AskedService | undefined => {
    const hook = contract.triggers?.find(({ id }) => id === trigger)?.hook;
    return services.find(
      ({ service, answers }) => service.hook === hook && answers.some(({ status }) => status === 200),
    );
  };
  const unmeasured = agreed.tracks
    .filter((track) => askedFor(track) === undefined)
    .map(({ subject }) => [subject, missing('prerequisite-failed', 'no service answered this hook')] as const);
  const tracks = agreed.tracks.filter((track) => askedFor(track) !== undefined);
  if (tracks.length === 0) return { unmeasured, logs: [], blocks: [] };
  const { logs, blocks } = await runSeries({
    plan: { ...agreed, tracks },
    lane,
    random: tools.random,
    signal: tools.signal,
    async take(task) {
      for (const log of task.logs('card')) {
        const asked = askedFor(log.track);
        if (asked !== undefined) await callOnce(asked, cdsHooks, { lane, log, task, signal: tools.signal });
      }
    },
    control: () =>
      cdsHooks.discover({ measured: {} }).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  return { unmeasured, logs, blocks };
}

async function callOnce(
  { service, cases }: AskedService,
  client: CdsHooksClient,
  { lane, log, task, signal }: { lane: Lane; log: TrackLog; task: SampleTask; signal: AbortSignal },
): Promise<void> {
  const about = cases[task.index % cases.length];
  if (about === undefined) return;
  const asked = await timed(
    lane,
    signal,
    () => client.timedCall(service, { ...about, namesEhr: true }, deadlineOf(log.track.target.budgetMs)),
    task.intendedAtMs,
  );
  const { answer, sample } = asked;
  const usable = answer?.status === 200 && !readAnswer(answer.json).faults.includes('no-answer-object');
  if (usable) log.settle(task.index, sample, asked);
  else log.fail(task.index);
}
