import type { Resource } from 'fhir/r4.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { PermissionCell, Subject } from '../../model/subject.js';
import { speaksFhir } from '../../model/actions.js';
import { defineProbe, type Client, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { cellId, denied, roleClient, roleContexts, type RoleContext } from '../role-contexts.js';
import { seenOf, seenOfRead } from '../seen.js';
import { testObjectTemplates } from '../test-objects.js';

type Change = FactValue<'cell-change'>;
interface Trial {
  readonly role: RoleContext;
  readonly cell: PermissionCell;
  readonly letter: 'u' | 'd';
}

/** Changes the matrix denies, tried on one object of the run by every role that may read it. */
export default defineProbe({
  id: 'cell-change',
  phase: 'write',
  subjects: 'run',
  when: (_subject, documents) => creating(documents) !== undefined && trialsOf(documents).length > 0,
  needs: ['ai'],
  writes: 'one',
  brings: ['cell-change'],
  sends(_subject, documents) {
    const action = creating(documents)?.item.action;
    if (action === undefined) return [];
    const path = `${action.resource}/{id}`;
    return [
      ...testObjectTemplates(action),
      ...trialsOf(documents).flatMap(({ role, letter }): RequestTemplate[] => [
        { context: role.session ?? '', method: 'GET', path, most: 2 },
        { context: role.session ?? '', method: letter === 'u' ? 'PATCH' : 'DELETE', path, most: 1, mutates: true },
      ]),
    ];
  },
  async run(_subject, tools) {
    const about: Record<string, Change | Missing> = {};
    let object = await tools.testObject(creating(tools)!);
    let gone = false;
    for (const { role, cell, letter } of trialsOf(tools)) {
      const client = roleClient(role, tools);
      if (client === undefined)
        about[cellId(cell)] = missing('no-credential', `no context of role ${role.role} can sign in`);
      else if (gone) about[cellId(cell)] = missing('control-failed', 'the object was deleted by an earlier trial');
      else {
        const { change, left } = await tryChange(client, object, letter);
        about[cellId(cell)] = change;
        object = left ?? object;
        gone = letter === 'd' && change.seen === 'data';
      }
    }
    if (!gone) tools.objects.leave(object);
    return { 'cell-change': { about } };
  },
});

async function tryChange(
  client: Client,
  object: Resource,
  letter: 'u' | 'd',
): Promise<{ readonly change: Change; readonly left: Resource | undefined }> {
  const { resourceType, id = '' } = object;
  const allowedBefore = await client.allowed(
    async () => seenOfRead(await client.read(resourceType, id), resourceType) === 'data',
  );
  const { status, ok } = await client.write({
    method: letter === 'u' ? 'PATCH' : 'DELETE',
    resourceType,
    objectId: id,
    basedOn: object,
    ...(letter === 'u'
      ? { body: [{ op: 'replace', path: '/description', value: 'INTEGRATION TEST - must not be allowed' }] }
      : {}),
    expectRefusal: true,
  });
  const seen = seenOf(status, ok);
  const again = await client.read(resourceType, id);
  const after = seenOfRead(again, resourceType) === 'data';
  return {
    change: { letter, status, seen, allowedBefore, allowedAfter: after || (letter === 'd' && seen === 'data') },
    left: after ? again.resource : undefined,
  };
}

/** The contract's first create through FHIR of a type of the matrix. */
function creating({ subjects, contract }: Pick<RunDocuments, 'subjects' | 'contract'>): Subject<'action'> | undefined {
  const types = new Set((contract.permissions?.rules ?? []).flatMap((rule) => Object.keys(rule.allow ?? {})));
  return subjects.find((subject): subject is Subject<'action'> & { kind: 'action' } => {
    if (subject.kind !== 'action') return false;
    const { action, path } = subject.item;
    return (
      action.interaction === 'create' &&
      action.body !== undefined &&
      speaksFhir(action, path?.via) &&
      types.has(action.resource ?? '')
    );
  });
}

/** Deletes come last: one that is carried out ends the trials. */
function trialsOf(documents: RunDocuments): Trial[] {
  const type = creating(documents)?.item.action.resource;
  const all = roleContexts(documents).flatMap((role): Trial[] => {
    const cell = role.cells.find((each) => each.resourceType === type);
    if (cell === undefined || role.session === undefined || !cell.allow.includes('r')) return [];
    const letter = denied(cell).includes('u') ? 'u' : denied(cell).includes('d') ? 'd' : undefined;
    return letter === undefined ? [] : [{ role, cell, letter }];
  });
  return [...all.filter(({ letter }) => letter === 'u'), ...all.filter(({ letter }) => letter === 'd')];
}
