import { readSearchset } from '../../fhir/bundle.js';
import type { ContractResource } from '../../model/documents/contract.js';
import { noAnswerAfterBudgets } from '../../model/latency-series.js';
import type { ProbeTools } from '../probe.js';
import { fillSearch, holesOf, type SearchRequest } from '../template-values.js';
import type { Lane } from './lane.js';
import type { SampleTask } from './run-series.js';
import { timed } from './timed.js';

/** Shortest time a measured request is waited for, whatever its budget. */
export const shortestDeadlineMs = 2_000;

/** How long an answer is waited for: five budgets. */
export const deadlineOf = (budgetMs: number): number => Math.max(shortestDeadlineMs, noAnswerAfterBudgets * budgetMs);

/** The contract's searches, filled for every test patient before the first sample, so that filling is not timed. */
export async function filledSearches(
  { contract, cases, now }: Pick<ProbeTools, 'contract' | 'cases' | 'now'>,
  resourceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SearchRequest[]>> {
  const filled = new Map<string, SearchRequest[]>();
  const asked = (contract.resources ?? []).filter((resource) => resourceIds.includes(resource.id));
  for (const resource of asked) {
    const searches: SearchRequest[] = [];
    for (const patient of cases.patients()) {
      const values = await cases.values(patient, holesOf(resource.find), true);
      searches.push(fillSearch(resource.find ?? '', values, now()));
    }
    filled.set(resource.id, searches);
  }
  return filled;
}

/** The searches of one sample: one for every open entry, its resources and the test patients in turn. */
export async function takeSearches(
  { clients: { ai }, signal }: Pick<ProbeTools, 'clients' | 'signal'>,
  lane: Lane,
  searches: ReadonlyMap<string, readonly SearchRequest[]>,
  task: SampleTask,
): Promise<void> {
  let dueAtMs: number | undefined = task.intendedAtMs;
  for (const log of task.logs('read')) {
    const { resources, target } = log.track;
    const own = searches.get(resources[task.index % resources.length] ?? '') ?? [];
    const request = own[Math.floor(task.index / resources.length) % Math.max(1, own.length)];
    if (request === undefined) {
      log.drop(task.index, 'not-sent');
      continue;
    }
    const search = await timed(
      lane,
      signal,
      () =>
        ai.send({
          method: 'POST',
          path: `${request.type}/_search`,
          form: request.parameters,
          measured: {},
          tolerant: true,
          deadlineMs: deadlineOf(target.budgetMs),
        }),
      dueAtMs,
    );
    dueAtMs = undefined;
    const page = search.answer?.ok === true ? readSearchset(search.answer.resource) : undefined;
    if (page === undefined) log.fail(task.index);
    else log.settle(task.index, search.sample, search);
  }
}

/** Parameter names of a contract search, for its request template. */
export function searchTemplatePath({ find = '' }: ContractResource | { readonly find?: string | undefined }): string {
  const { type, names } = partsOf(find);
  return `${type}/_search?${names.join('&')}`;
}

function partsOf(find: string): { type: string; names: string[] } {
  const [type = '', query = ''] = find.split(/\?(.*)/s);
  return { type, names: query.split('&').map((pair) => pair.split('=')[0] ?? '') };
}
