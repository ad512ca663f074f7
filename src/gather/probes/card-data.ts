import { randomUUID } from 'node:crypto';
import { showsCards } from '../../model/cards.js';
import type { FactValue } from '../../model/fact.js';
import { cdsHooksTemplates, type CdsHooksClient } from '../observers/cds-hooks.js';
import {
  askingTemplates,
  askServices,
  mostServices,
  noService,
  type AskedService,
} from '../observers/cds-hooks-asking.js';
import { aboutNobody, type HookCase } from '../observers/cds-hooks-case.js';
import { readTemplate } from '../observers/cds-hooks-prefetch.js';
import { defineProbe, type RunDocuments } from '../probe.js';

type Left = FactValue<'cds-prefetch'>[number]['calls'][number];

const mostKeys = 4;
/** Each key missing, one of them null and one an error, nothing at all, and the complete call before and after. */
const callsPerService = mostKeys + 5;

/** What a service answers when the data it asks for are not there, and could not be read anywhere. */
export default defineProbe({
  id: 'card-data',
  phase: 'read',
  subjects: 'run',
  when: (_, { contract }) => showsCards(contract),
  needs: ['ai'],
  writes: 'none',
  brings: ['cds-prefetch'],
  sends: (_, documents) => [
    ...askingTemplates(documents),
    ...(documents.organization.aiSystem?.cdsHooks === undefined
      ? []
      : cdsHooksTemplates({ discoveries: 0, calls: mostServices * callsPerService, feedbacks: 0 })),
  ],
  async run(_, tools) {
    const { cdsHooks } = tools;
    if (cdsHooks === undefined) return { 'cds-prefetch': noService };
    const { services } = await askServices(tools, cdsHooks);
    const seen: FactValue<'cds-prefetch'>[number][] = [];
    for (const asked of services) {
      const about = asked.telling ?? asked.cases[0];
      if (about !== undefined) seen.push(await withoutData(asked, about, cdsHooks, tools));
    }
    return { 'cds-prefetch': seen };
  },
});

async function withoutData(
  { service }: AskedService,
  about: HookCase,
  client: CdsHooksClient,
  documents: RunDocuments,
): Promise<FactValue<'cds-prefetch'>[number]> {
  // Nobody can look up in the EHR what a call does not bring about somebody who is not in it.
  const { context, prefetch } = aboutNobody(about, () => `nobody-${randomUUID().slice(0, 13)}`);
  const call = (given: HookCase['prefetch'] | undefined, namesEhr = true) =>
    client.call(service, { context, namesEhr, ...(given === undefined ? {} : { prefetch: given }) });
  const before = await call(prefetch);
  const calls: Left[] = [];
  const leave = async (
    without: Left['without'],
    resourceType: string | null,
    given: HookCase['prefetch'] | undefined,
  ): Promise<void> => {
    const { status, read } = await call(given, without !== 'no-data');
    const same = read.guidance && read.meaning === before.read.meaning;
    calls.push({ without, resourceType, status, guidance: read.guidance, same });
  };
  const needed = neededKeys(service.prefetch, prefetch, documents);
  for (const [key, type] of needed.slice(0, mostKeys)) {
    const { [key]: _, ...others } = prefetch;
    await leave('key-missing', type, others);
  }
  const [first] = needed;
  if (first !== undefined) {
    const [key, type] = first;
    await leave('null', type, { ...prefetch, [key]: null });
    await leave('operation-outcome', type, { ...prefetch, [key]: notReadable });
  }
  await leave('no-data', null, undefined);
  const after = await call(prefetch);
  return {
    service: service.id,
    control: { before: before.status, after: after.status, guidance: before.read.guidance },
    calls,
  };
}

/** Keys that hold data of a resource the contract cannot do without. */
function neededKeys(
  templates: readonly (readonly [key: string, template: string])[],
  prefetch: HookCase['prefetch'],
  { contract }: RunDocuments,
): [key: string, type: string][] {
  const needed = (type: string): boolean =>
    (contract.resources ?? []).some(
      (resource) =>
        resource.type === type &&
        (resource.fields ?? []).some((field) => typeof field !== 'string' && field.need === 'must'),
    );
  return templates.flatMap(([key, template]) => {
    const [type] = readTemplate(template).types;
    const brought = prefetch[key] !== undefined && prefetch[key] !== null;
    return type !== undefined && brought && needed(type) ? [[key, type] as [string, string]] : [];
  });
}

const notReadable = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'processing', diagnostics: 'the data could not be read' }],
};
