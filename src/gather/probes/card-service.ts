import { showsCards } from '../../model/cards.js';
import type { FactValue } from '../../model/fact.js';
import {
  askingTemplates,
  askServices,
  mostServices,
  noService,
  type AskedService,
} from '../observers/cds-hooks-asking.js';
import { cdsHooksTemplates, type CdsHooksClient } from '../observers/cds-hooks.js';
import { answerFaults, type ReadAnswer } from '../observers/cds-hooks-documents.js';
import { readTemplate } from '../observers/cds-hooks-prefetch.js';
import { defineProbe } from '../probe.js';

type Answers = FactValue<'cds-answers'>[number];

/** The product's CDS Hooks services, asked as the EHR would ask them. */
export default defineProbe({
  id: 'card-service',
  phase: 'read',
  subjects: 'run',
  when: (_, { contract }) => showsCards(contract),
  needs: ['ai'],
  writes: 'none',
  brings: ['cds-discovery', 'cds-answers'],
  sends: (_, documents) => [
    ...askingTemplates(documents),
    ...(documents.organization.aiSystem?.cdsHooks === undefined
      ? []
      : cdsHooksTemplates({ discoveries: 0, calls: 0, feedbacks: 2 * mostServices })),
  ],
  async run(_, tools) {
    const { cdsHooks } = tools;
    if (cdsHooks === undefined) return { 'cds-discovery': noService, 'cds-answers': noService };
    const { status, named, services } = await askServices(tools, cdsHooks);
    const answers: Answers[] = [];
    for (const asked of services) answers.push(await answersOf(asked, cdsHooks));
    return {
      'cds-discovery': {
        status,
        readable: named !== undefined,
        named: named ?? 0,
        services: services.map(({ service }) => ({
          service: kept(service.id),
          hook: service.hook === undefined ? null : kept(service.hook),
          complete: service.complete,
          asks: service.prefetch.map(([key, template]) => {
            const { types, everything } = readTemplate(template);
            return { key: kept(key).slice(0, 60), types: [...types], everything };
          }),
        })),
      },
      'cds-answers': answers,
    };
  },
});

async function answersOf({ service, notCalled, answers }: AskedService, client: CdsHooksClient): Promise<Answers> {
  const told = answers.find(({ read }) => read.feedback !== undefined)?.read.feedback;
  const [suggestion] = told?.suggestions ?? [];
  const accepted =
    told === undefined || suggestion === undefined
      ? undefined
      : await client.feedback(service, told.card, [suggestion]);
  const overridden = told === undefined ? undefined : await client.feedback(service, told.card, []);
  const reads = answers.map(({ read }) => read);
  const others = answers.map(({ status }) => status).filter((status) => status !== 200);
  return {
    service: kept(service.id),
    hook: kept(service.hook ?? ''),
    notCalled,
    calls: answers.length,
    answered: answers.length - others.length,
    refused: [...counted(others)].map(([status, calls]) => ({ status, calls })),
    cards: reads.reduce((sum, { cards }) => sum + cards, 0),
    withId: reads.reduce((sum, { withId }) => sum + withId, 0),
    callsWithCards: reads.filter(({ cards }) => cards > 0).length,
    faults: answerFaults.flatMap((fault) => {
      const calls = reads.filter(({ faults }) => faults.includes(fault)).length;
      return calls === 0 ? [] : [{ fault, calls }];
    }),
    systemActions: systemActionsOf(reads),
    feedback: { accepted: accepted?.status ?? null, overridden: overridden?.status ?? null },
  };
}

/** Each kind of action once, with the number of calls that were answered with it. */
function systemActionsOf(reads: readonly ReadAnswer[]): Answers['systemActions'] {
  const seen = new Map<string, Answers['systemActions'][number]>();
  for (const { systemActions } of reads) {
    const kinds = new Map(systemActions.map((each) => [`${each.type} ${each.resourceType}`, each]));
    for (const [kind, action] of kinds) seen.set(kind, { ...action, calls: (seen.get(kind)?.calls ?? 0) + 1 });
  }
  return [...seen.values()];
}

function counted<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Names of a service, as far as they are names. */
const kept = (name: string): string => name.replaceAll(/[^A-Za-z0-9._~ -]/g, '').slice(0, 100);
