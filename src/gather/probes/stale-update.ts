import type { Resource } from 'fhir/r4.js';
import { explains } from '../../fhir/bundle.js';
import { contentSha256 } from '../../fhir/content.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing } from '../../model/fact.js';
import { defineProbe, type Client } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { undoState } from '../undo-state.js';
import { changesExisting, speaksFhir } from '../../model/actions.js';
import { etagOf } from '../writer.js';

/**
 * What the EHR does with an update based on an outdated version, between two based on the current one; all by the
 * interaction the workflow itself uses, because servers compare versions on one of PUT and PATCH and not on the other.
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
    return [
      ...testObjectTemplates(action),
      { context: 'ai', method: 'GET', path, most: 3 },
      { context: 'ai', method, path, most: 4, mutates: true },
      { context: 'second', method: 'GET', path, most: 1 },
      { context: 'second', method, path, most: 1, mutates: true },
    ];
  },
  async run(subject, { clients: { ai, second }, testObject }) {
    const method = methodOf(subject.item.action);
    const created = await testObject(subject);
    const before = await change(ai, method, created, note('control before'));
    const mine = await read(ai, created);
    const theirs = await change(second, method, mine, note('changed by someone else'));
    if (!before.ok || !theirs.ok) {
      const detail = 'an update based on the current version was not accepted';
      return {
        'stale-update': missing('control-failed', detail),
        'unconditional-update': missing('control-failed', detail),
      };
    }
    const stale = await change(ai, method, mine, note('based on an outdated version'));
    const after = await read(ai, created);
    const newerDataKept = theirs.resource !== undefined && contentSha256(after) === contentSha256(theirs.resource);
    const current = await change(ai, method, after, note('control after'));
    return {
      'stale-update': {
        status: stale.status,
        newerDataKept,
        explained: explains(stale.resource),
        currentAccepted: current.ok,
      },
      'unconditional-update': current.ok
        ? { status: (await change(ai, method, await read(ai, created), finish(created), null)).status }
        : missing('control-failed', 'a current update is refused too'),
    };
  },
});

interface Element {
  readonly name: string;
  readonly value: string;
}

/** PUT where the action, or else its undo, replaces whole resources. */
const methodOf = ({ interaction, compensation }: ContractAction): 'PATCH' | 'PUT' => {
  const undo = typeof compensation === 'object' ? compensation.interaction : undefined;
  return interaction === 'update' || (interaction !== 'patch' && undo === 'update') ? 'PUT' : 'PATCH';
};

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

async function read(client: Client, resource: Resource): Promise<Resource> {
  const answer = await client.read(resource.resourceType, resource.id ?? '');
  if (!answer.ok || answer.resource?.resourceType !== resource.resourceType) {
    throw new ExchangeFault(
      'prerequisite-failed',
      `a test ${resource.resourceType} could not be read back (${answer.status})`,
      answer.exchange,
    );
  }
  return answer.resource;
}
