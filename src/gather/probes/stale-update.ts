import type { Resource } from 'fhir/r4.js';
import { explains } from '../../fhir/bundle.js';
import { contentSha256 } from '../../fhir/content.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer, type RequestTemplate } from '../request.js';
import { creatingAction, startingState, testObjectTemplates } from '../test-objects.js';
import { undoState } from '../undo-state.js';
import { changesExisting, speaksFhir } from '../../model/actions.js';
import { shownBy } from '../object-change.js';
import { etagOf } from '../writer.js';

/**
 * What the EHR does with a change based on an outdated version, between two based on the current one; all by the
 * interaction the workflow itself uses, because servers compare versions on one of PUT, PATCH and DELETE and not on the
 * others.
 */
export default defineProbe({
  id: 'stale-update',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }, { contract }) =>
    changesExisting(action) && speaksFhir(action, path?.via) && creatingAction(contract, action) !== undefined,
  needs: ['ai', 'second'],
  writes: 'all',
  brings: ['stale-update', 'unconditional-update'],
  sends: ({ item: { action } }) => {
    const path = `${action.resource}/{id}`;
    const method = methodOf(action);
    if (method === 'DELETE') return deleteTemplates(action);
    return [
      ...testObjectTemplates(action),
      { context: 'ai', method: 'GET', path, most: 4 },
      { context: 'ai', method, path, most: 4, mutates: true },
      { context: 'second', method, path, most: 1, mutates: true },
    ];
  },
  async run(subject, tools): Promise<Brought> {
    const { action } = subject.item;
    const method = methodOf(action);
    if (method === 'DELETE') return staleDelete(subject, tools);
    // Actions that change objects of one type in one state by one interaction ask the same of the EHR.
    const state = startingState(creatingAction(tools.contract, action), action);
    const { brought, exchanges } = await tools.once(`stale-update:${method}:${action.resource}:${state}`, () =>
      staleChange(subject, tools, method),
    );
    tools.cite(exchanges);
    return brought;
  },
});

/** A change based on an outdated version, between two based on the current one; then one that states no version. */
async function staleChange(
  subject: Subject<'action'>,
  { clients: { ai, second }, testObject }: ProbeTools,
  method: 'PATCH' | 'PUT',
): Promise<{ readonly brought: Brought; readonly exchanges: readonly string[] }> {
  const created = await testObject(subject);
  const before = await change(ai, method, created, note('control before'));
  const mine = await current(ai, before, created);
  const theirs = await change(second, method, mine, note('changed by someone else'));
  if (!before.ok || !theirs.ok) return { brought: uncontrolled(), exchanges: [before.exchange, theirs.exchange] };
  const newer = await read(ai, created);
  const stale = await change(ai, method, mine, note('based on an outdated version'));
  const after = await read(ai, created);
  const newerDataKept = sameContent(after, newer);
  const last = await change(ai, method, after, note('control after'));
  const unconditional = last.ok
    ? await change(ai, method, await current(ai, last, created), finish(created), null)
    : undefined;
  const asked = [before, theirs, stale, last, ...(unconditional === undefined ? [] : [unconditional])];
  return {
    exchanges: asked.map(({ exchange }) => exchange),
    brought: {
      'stale-update': {
        status: stale.status,
        newerDataKept,
        explained: explains(stale.resource),
        currentAccepted: last.ok,
      },
      'unconditional-update':
        unconditional === undefined
          ? missing('control-failed', 'a current update is refused too')
          : { status: unconditional.status },
    },
  };
}

interface Element {
  readonly name: string;
  readonly value: string;
}

/** What the action does, else what its undo does. */
function methodOf({ interaction, compensation }: ContractAction): 'PATCH' | 'PUT' | 'DELETE' {
  const undo = typeof compensation === 'object' ? compensation.interaction : undefined;
  const changes = interaction === 'create' || interaction === undefined ? undo : interaction;
  return changes === 'delete' ? 'DELETE' : changes === 'update' ? 'PUT' : 'PATCH';
}

function deleteTemplates(action: ContractAction): RequestTemplate[] {
  const path = `${action.resource}/{id}`;
  return [
    // One for the control before, which uses it up.
    ...testObjectTemplates(action, 2),
    { context: 'ai', method: 'GET', path, most: 4 },
    { context: 'ai', method: 'DELETE', path, most: 3, mutates: true },
    ...(['PATCH', 'PUT'] as const).map((method): RequestTemplate => ({
      context: 'second',
      method,
      path,
      most: 1,
      mutates: true,
    })),
  ];
}

/** The delete of an object that somebody else has changed since, between two deletes of what is current. */
async function staleDelete(
  subject: Subject<'action'>,
  { clients: { ai, second }, organization, testObject }: ProbeTools,
): Promise<Brought> {
  const before = await remove(ai, await testObject(subject));
  if (!before.ok) return uncontrolled();
  const mine = await read(ai, await testObject(subject));
  const changed = note('changed by someone else');
  const theirs = await change(second, changingMethod(organization, mine.resourceType), mine, changed);
  if (!theirs.ok) return uncontrolled();
  const newer = await read(ai, mine);
  const stale = await remove(ai, mine);
  const left = await readUnlessGone(ai, mine);
  const current = left === undefined ? undefined : await remove(ai, left);
  return {
    'stale-update': {
      status: stale.status,
      newerDataKept: left !== undefined && sameContent(left, newer),
      explained: explains(stale.resource),
      currentAccepted: current?.ok ?? true,
    },
    'unconditional-update': missing('not-gathered', 'a delete that states no version is not tried'),
  };
}

interface Brought {
  readonly 'stale-update': FactValue<'stale-update'> | Missing;
  readonly 'unconditional-update': FactValue<'unconditional-update'> | Missing;
}

function uncontrolled(): Brought {
  const fault = missing('control-failed', 'a change based on the current version was not accepted');
  return { 'stale-update': fault, 'unconditional-update': fault };
}

// What a read shows is compared with what a read shows; the answer to a change may be empty.
const sameContent = (one: Resource, other: Resource): boolean => contentSha256(one) === contentSha256(other);

const changingMethod = ({ writePolicy }: ProbeTools['organization'], resourceType: string): 'PATCH' | 'PUT' =>
  (writePolicy?.allow ?? []).some(
    ({ resource, interactions }) => resource === resourceType && interactions.includes('patch'),
  )
    ? 'PATCH'
    : 'PUT';

const remove = (client: Client, object: Resource): Promise<Answer> =>
  client.write({
    method: 'DELETE',
    resourceType: object.resourceType,
    objectId: object.id ?? '',
    basedOn: object,
  });

// Description is free text of our own test object: changing it moves no work list.
const note = (text: string): Element => ({ name: 'description', value: `INTEGRATION TEST - ${text}` });

// The update without a version is also the undo, so that whatever the server does nothing is left to overwrite.
function finish(resource: Resource): Element {
  const state = undoState(resource.resourceType, 'cancel');
  return state === undefined ? note('without a version') : { name: state.element, value: state.value };
}

function change(
  client: Client,
  method: 'PATCH' | 'PUT',
  basedOn: Resource,
  { name, value }: Element,
  ifMatch?: null,
): Promise<Answer> {
  const { meta: _meta, ...content } = basedOn;
  return client.write({
    method,
    resourceType: basedOn.resourceType,
    objectId: basedOn.id ?? '',
    basedOn,
    body: method === 'PUT' ? { ...content, [name]: value } : [{ op: 'replace', path: `/${name}`, value }],
    ...(ifMatch === null
      ? { ifMatch: null }
      : etagOf(basedOn) === undefined
        ? {}
        : { ifMatch: etagOf(basedOn) ?? null }),
  });
}

/** The object as the answer to its last change shows it with its version, else as it is read again. */
async function current(client: Client, changed: Answer, created: Resource): Promise<Resource> {
  return shownBy(changed, created) ?? read(client, created);
}

async function read(client: Client, resource: Resource): Promise<Resource> {
  return resourceOf(await client.read(resource.resourceType, resource.id ?? ''), resource);
}

async function readUnlessGone(client: Client, resource: Resource): Promise<Resource | undefined> {
  const answer = await client.read(resource.resourceType, resource.id ?? '');
  return [404, 410].includes(answer.status) ? undefined : resourceOf(answer, resource);
}

function resourceOf(answer: Answer, resource: Resource): Resource {
  if (!answer.ok || answer.resource?.resourceType !== resource.resourceType) {
    throw new ExchangeFault(
      'prerequisite-failed',
      `a test ${resource.resourceType} could not be read back (${answer.status})`,
      answer.exchange,
    );
  }
  return answer.resource;
}
