import { missing, type FactValue } from '../../model/fact.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { cdsHooksTemplates, usableService, type CallAnswer, type CdsHooksClient } from './cds-hooks.js';
import { hookCase, playedHooks, type HookCase } from './cds-hooks-case.js';
import { readDiscovery, type DiscoveredService } from './cds-hooks-documents.js';

type NotCalled = NonNullable<FactValue<'cds-answers'>[number]['notCalled']>;

/** Calls of one service about test patients, with all it asks for. */
export interface AskedService {
  readonly service: DiscoveredService;
  readonly notCalled: NotCalled | null;
  readonly answers: readonly CallAnswer[];
  /** What the calls were about. */
  readonly cases: readonly HookCase[];
  /** The first case that brought advice. */
  readonly telling: HookCase | undefined;
}

export interface Asked {
  readonly status: number;
  /** Services the document names; undefined when it could not be read. */
  readonly named: number | undefined;
  readonly services: readonly AskedService[];
}

export const mostServices = 2;
const ordinaryCalls = 10;

/** What asking takes, for whichever probe is the first to ask. */
export const askingTemplates = (documents: RunDocuments): RequestTemplate[] =>
  documents.organization.aiSystem?.cdsHooks === undefined
    ? []
    : cdsHooksTemplates({ discoveries: 1, calls: mostServices * ordinaryCalls, feedbacks: 0 });

export const noService = missing('no-ai-system', 'aiSystem.cdsHooks is not in the organization file');

/**
 * Discovery, and one call of each service about each of a few test patients. Asked once in a run.
 * @throws ExchangeFault
 */
export const askServices = (tools: ProbeTools, client: CdsHooksClient): Promise<Asked> =>
  tools.once('cds-hooks', async () => {
    const discovery = await client.discover();
    const all = discovery.ok ? readDiscovery(discovery.json) : undefined;
    const services: AskedService[] = [];
    for (const service of concerned(all ?? [], tools).slice(0, mostServices)) {
      services.push(await askService(service, tools, client));
    }
    return { status: discovery.status, named: all?.length, services };
  });

/** Those the organization file names; without names those of the contract's hooks. */
function concerned(all: readonly DiscoveredService[], { contract, organization }: RunDocuments): DiscoveredService[] {
  const named = organization.aiSystem?.cdsHooks?.services;
  if (named !== undefined) return all.filter(({ id }) => named.includes(id));
  const hooks = (contract.triggers ?? []).flatMap(({ kind, hook, equivalents }) =>
    kind === 'cds-hook' ? [hook] : [equivalents?.cdsHook],
  );
  return all.filter(({ hook }) => hook !== undefined && hooks.includes(hook));
}

async function askService(
  service: DiscoveredService,
  tools: ProbeTools,
  client: CdsHooksClient,
): Promise<AskedService> {
  const nothing = { service, answers: [], cases: [], telling: undefined };
  if (!usableService.test(service.id)) return { ...nothing, notCalled: 'id-not-usable' };
  if (!playedHooks.includes(service.hook ?? '')) return { ...nothing, notCalled: 'hook-not-played' };
  const answers: CallAnswer[] = [];
  const cases: HookCase[] = [];
  let telling: HookCase | undefined;
  for (const patient of tools.cases.patients()) {
    if (answers.length === ordinaryCalls) break;
    const about = await hookCase(service, patient, tools.cases, tools);
    if (about === undefined) continue;
    // How many bring a card is a share; the first call would be made anyway.
    const answer = await client.call(service, { ...about, namesEhr: true }, { sample: cases.length > 0 });
    answers.push(answer);
    cases.push(about);
    if (answer.read.guidance) telling ??= about;
    // One is enough to know.
    if (answer.read.faults.includes('too-large')) break;
  }
  return { service, notCalled: answers.length === 0 ? 'no-test-data' : null, answers, cases, telling };
}
