import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import { isSearch, searchTemplate, stateElement } from '../action-steps.js';
import { answersCounted } from '../ai-system.js';
import { causableEvent, causedEventTemplates, causeEvent, takeBack, type CausableEvent } from '../caused-event.js';
import { productEventTemplate } from '../observers/product-events.js';
import { productRepeats, productRepeatTemplates } from '../observers/product-repeats.js';
import { asProduct, outsideTrigger, slotsOf, whyNotAsked } from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';
import { isLive } from '../undo-state.js';

type Replays = FactValue<'event-replays'>;

const looksAtMost = 20;
const lookAgainMs = 250;
/** Of what the product made for it; cleanup sees to more. */
const mostTakenBack = 5;
/** How much older the event is that is told last. */
const olderMs = 60_000;

/** The product is told of one event twice, and of an older one after a newer. */
export default defineProbe({
  id: 'event-replays',
  phase: 'write',
  subjects: 'trigger',
  when: ({ item: { trigger } }) => trigger.kind === 'external' || trigger.kind === 'ehr-event',
  needs: ['ai'],
  writes: 'all',
  brings: ['event-replays'],
  sends: ({ item: { trigger } }, documents) => {
    if (documents.organization.aiSystem?.webhook === undefined) return [];
    const action = askedFor(documents, trigger);
    if (action !== undefined) return productRepeatTemplates(action);
    const event = causableEvent(documents, trigger);
    return event === undefined ? [] : changeTemplates(event, documents);
  },
  async run({ item: { trigger } }, tools) {
    if (tools.product === undefined) return { 'event-replays': notTold };
    if (trigger.kind === 'external') return { 'event-replays': await toldFromOutside(tools, trigger) };
    const event = causableEvent(tools, trigger);
    const value =
      event === undefined
        ? missing('tool-limited', 'the tool cannot make this event happen')
        : await toldOfChange(tools, trigger, event);
    return { 'event-replays': value };
  },
});

const notTold = missing('no-ai-system', 'aiSystem.webhook is not in the organization file');

/** The action the product can be asked for by this trigger. */
const askedFor = (documents: Pick<RunDocuments, 'contract' | 'organization'>, trigger: ContractTrigger) =>
  outsideTrigger(documents)?.id === trigger.id
    ? documents.contract.actions?.find((action) => whyNotAsked(documents, action) === undefined)
    : undefined;

async function toldFromOutside(tools: ProbeTools, trigger: ContractTrigger): Promise<Replays | Missing> {
  const action = askedFor(tools, trigger);
  if (action === undefined) return missing('no-ai-system', 'the product cannot be asked for anything by this event');
  const { rows } = await productRepeats(tools, action);
  const same = rows.find(({ way }) => way === 'same-event');
  return { kind: 'external', told: 3, objects: same?.objects ?? 0, answers: null, afterOlder: null };
}

/** The search by which the contract sees what the actions of this type have made. */
const observation = ({ contract }: Pick<RunDocuments, 'contract'>, type: string): string | undefined =>
  (contract.actions ?? [])
    .map(({ observe }: ContractAction) => observe)
    .find((observe) => isSearch(observe) && observe.startsWith(`${type}?`) && !observe.includes('?_id='));

function changeTemplates(event: CausableEvent, documents: RunDocuments): RequestTemplate[] {
  const observe = observation(documents, event.resourceType);
  const asking = `?${event.resourceType.toLowerCase()}`;
  return [
    ...causedEventTemplates(event, 1),
    productEventTemplate(3),
    { context: 'ai-system', method: 'GET', path: asking, most: looksAtMost + 1, purpose: 'ai-system' },
    { context: 'ai', method: 'GET', path: `${event.resourceType}/{id}`, most: 1 },
    // Undoing counts in no limit.
    { context: 'ai', method: 'PATCH', path: `${event.resourceType}/{id}`, most: mostTakenBack },
    ...(observe === undefined ? [] : [searchTemplate('ai', observe, 3)]),
  ];
}

async function toldOfChange(tools: ProbeTools, trigger: ContractTrigger, event: CausableEvent): Promise<Replays> {
  const { cases, now, product } = tools;
  const [patient] = cases.patients();
  if (patient === undefined || product === undefined) {
    throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
  }
  const shown = async (): Promise<readonly Resource[]> => {
    const observe = observation(tools, event.resourceType);
    if (observe === undefined) return [];
    const { type, parameters } = fillSearch(observe, await cases.values(patient, holesOf(observe)), tools.startedAt);
    const page = readSearchset((await tools.clients.ai.search(type, parameters)).resource);
    return page === undefined || page === 'too-many' ? [] : page.matches;
  };
  const before = new Set((await shown()).map(({ id }) => id));
  const resource = await causeEvent(tools, event, patient);
  const isFocus = ({ id }: Resource): boolean => resource === `${event.resourceType}/${id}`;
  const named = new Set<string>();
  const made = (seen: readonly Resource[]): readonly Resource[] => {
    const focus = seen.find(isFocus);
    const about = [resource, ...(focus === undefined ? [] : slotsOf(focus))];
    return seen.filter(
      (each) =>
        isLive(each) &&
        !before.has(each.id) &&
        !isFocus(each) &&
        (named.has(`${each.resourceType}/${each.id}`) || about.some((reference) => mentions(each, reference))),
    );
  };
  const tell = async (id: string, change: 'create' | 'update', at: Date): Promise<void> => {
    const { object } = await product.tell({ trigger: trigger.id, inputs: {}, id, at, event: { resource, change } });
    if (object !== undefined) named.add(object);
  };
  const id = `${resource}-newest`;
  await tell(id, 'update', now());
  await tell(id, 'update', now());
  const answers = await answered(tools, resource, true);
  const objects = made(await shown()).length;
  await tell(`${resource}-older`, 'create', new Date(now().getTime() - olderMs));
  const afterwards = await answered(tools, resource, false);
  const last = await shown();
  const focus = last.find(isFocus) ?? (await read(tools, resource));
  for (const object of made(last).slice(0, mostTakenBack)) {
    await tools.writer.foreign(asProduct(tools), event.action.id, object);
    await takeBack(tools, object);
  }
  return {
    kind: 'ehr-event',
    told: 2,
    objects,
    answers,
    afterOlder: {
      newestKept: stateOf(focus, event) === event.state,
      objects: made(last).length,
      answers: afterwards,
    },
  };
}

/** How many answers the product shows for the object; waits for the first where that is asked for. */
async function answered({ aiSystem, pause }: ProbeTools, resource: string, waits: boolean): Promise<number | null> {
  if (aiSystem === undefined) return null;
  const [type = ''] = resource.toLowerCase().split('/');
  for (let look = 1; ; look++) {
    const counted = answersCounted(await aiSystem.ask([[type, resource]]), resource);
    if (!waits || counted === undefined || counted > 0 || look === looksAtMost) return counted ?? null;
    await pause(lookAgainMs);
  }
}

/** Whether it refers to this object, wherever in it. */
function mentions(resource: Resource, reference: string): boolean {
  const text = JSON.stringify(resource);
  return text.includes(`"${reference}"`) || text.includes(`/${reference}"`);
}

async function read({ clients }: ProbeTools, reference: string): Promise<Resource | undefined> {
  const [type = '', id = ''] = reference.split('/');
  return (await clients.ai.read(type, id)).resource;
}

const stateOf = (resource: Resource | undefined, { action }: CausableEvent): unknown =>
  (resource as unknown as Record<string, unknown> | undefined)?.[stateElement(action)];
