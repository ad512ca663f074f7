import type { Resource } from 'fhir/r4.js';
import { scopesAllow } from '../../fhir/scopes.js';
import { createsThroughFhir } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { AccessContext } from '../../model/documents/organization.js';
import { missing, type FactValue } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import { defineProbe, type Client, type RunDocuments } from '../probe.js';
import { testObjectTemplates } from '../test-objects.js';
import { etagOf } from '../writer.js';

type Tried = Extract<FactValue<'promotion'>, { way: 'tried' }>;

/** On a simulator: the AI system's client tries to end the review of a draft, then a reviewer does. */
export default defineProbe({
  id: 'promotion-tried',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }, { environmentClass }) =>
    environmentClass === 'simulator' && action.review?.required === true && createsThroughFhir(action, path?.via),
  needs: ['ai'],
  writes: 'one',
  brings: ['promotion'],
  sends: ({ item: { action } }, documents) => {
    const path = `${action.resource ?? ''}/{id}`;
    const reviewer = reviewerOf(action, documents);
    const session = `context:${reviewer?.id ?? ''}`;
    return [
      ...testObjectTemplates(action),
      { context: 'ai', method: 'GET', path, most: 3 },
      { context: 'ai', method: 'PATCH', path, most: 1, mutates: true },
      { context: 'ai', method: 'PUT', path, most: 1, mutates: true },
      ...(reviewer === undefined
        ? []
        : ([
            { context: session, method: 'GET', path, most: 2 },
            { context: session, method: 'PATCH', path, most: 1, mutates: true },
          ] as const)),
    ];
  },
  async run(subject, tools) {
    const { action } = subject.item;
    const committed = action.review?.endsIn;
    if (committed === undefined || committed === action.states?.to) return { promotion: { way: 'undecided' } };
    const { ai } = tools.clients;
    const element = stateElement(action);
    const draft = await tools.testObject(subject);
    const before = await ai.read(draft.resourceType, draft.id ?? '');
    if (!before.ok || before.resource === undefined)
      return { promotion: missing('control-failed', 'the draft could not be read back') };
    const inForce = (resource: Resource | undefined): boolean => valueOf(resource, element) === committed;
    if (inForce(before.resource))
      return { promotion: missing('prerequisite-failed', 'the draft is final before anybody reviewed it') };
    const machine: number[] = [];
    let latest: Resource | undefined = before.resource;
    let readable = true;
    for (const method of ['PATCH', 'PUT'] as const) {
      if (inForce(latest)) break;
      machine.push(await tryToCommit(ai, before.resource, method, { element, committed }));
      const again = await ai.read(draft.resourceType, draft.id ?? '');
      readable &&= again.ok;
      latest = again.resource ?? latest;
    }
    const machineCommitted = inForce(latest);
    const context = reviewerOf(action, tools);
    const client = context === undefined ? undefined : tools.context(context.id);
    const reviewer =
      context === undefined || client === undefined || machineCommitted
        ? undefined
        : await review(client, draft, { element, committed, signer: context.fhirUser });
    const tried: Tried = {
      way: 'tried',
      machine,
      machineCommitted,
      controlsHeld: readable,
      ...(reviewer === undefined ? {} : { reviewer }),
    };
    return { promotion: tried };
  },
});

interface Commit {
  readonly element: string;
  readonly committed: string;
}

const valueOf = (resource: Resource | undefined, element: string): unknown =>
  (resource as unknown as Record<string, unknown> | undefined)?.[element];

/** The first context of the reviewing role whose client may change objects of the type. */
function reviewerOf(
  { review, resource = '' }: ContractAction,
  { organization }: Pick<RunDocuments, 'organization'>,
): AccessContext | undefined {
  return (organization.contexts ?? []).find(({ role, binding }) => {
    const client = organization.auth?.bindings?.find(({ id }) => id === binding);
    return (
      role === review?.role &&
      client?.usedBy === 'staff' &&
      client.flow === 'backend' &&
      scopesAllow(client.scopes ?? [], resource, 'u')
    );
  });
}

async function tryToCommit(
  ai: Client,
  draft: Resource,
  method: 'PATCH' | 'PUT',
  { element, committed }: Commit,
): Promise<number> {
  const { meta: _meta, ...content } = draft;
  const answer = await ai.write({
    method,
    resourceType: draft.resourceType,
    objectId: draft.id ?? '',
    basedOn: draft,
    body:
      method === 'PATCH'
        ? [{ op: 'replace', path: `/${element}`, value: committed }]
        : { ...content, [element]: committed },
    ifMatch: etagOf(draft) ?? null,
    expectRefusal: true,
  });
  return answer.status;
}

/** The reviewer signs, by name where the organization file says who they are (`fhirUser`). */
async function review(
  client: Client,
  { resourceType, id = '' }: Resource,
  { element, committed, signer }: Commit & { readonly signer: string | undefined },
): Promise<Tried['reviewer']> {
  const current = await client.read(resourceType, id);
  if (!current.ok || current.resource === undefined)
    return { status: current.status, committed: false, signer: 'nobody' };
  const names = signer !== undefined && resourceType === 'DocumentReference';
  const answer = await client.write({
    method: 'PATCH',
    resourceType,
    objectId: id,
    basedOn: current.resource,
    body: [
      { op: 'replace', path: `/${element}`, value: committed },
      ...(names ? [{ op: 'add' as const, path: '/authenticator', value: { reference: signer } }] : []),
    ],
    ifMatch: etagOf(current.resource) ?? null,
  });
  const again = await client.read(resourceType, id);
  return {
    status: answer.status,
    committed: valueOf(again.resource, element) === committed,
    signer: signerOf(again.resource),
  };
}

/** Who attests the content; where nobody does, who wrote it. */
function signerOf(resource: Resource | undefined): 'human' | 'machine' | 'nobody' {
  const { authenticator, attester, author } = (resource ?? {}) as Readonly<Record<string, unknown>>;
  const references = [authenticator, ...listed(attester).map((each) => (each as { party?: unknown } | null)?.party)]
    .concat(authenticator === undefined && attester === undefined ? listed(author) : [])
    .flatMap((each) => {
      const reference = (each as { reference?: unknown } | null | undefined)?.reference;
      return typeof reference === 'string' ? [reference] : [];
    });
  if (references.some((reference) => /(^|\/)(Practitioner|PractitionerRole)\/[^/]+$/.test(reference))) return 'human';
  return references.length === 0 ? 'nobody' : 'machine';
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
