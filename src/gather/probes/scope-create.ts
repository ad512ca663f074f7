import { scopesAllow } from '../../fhir/scopes.js';
import { speaksFhir } from '../../model/actions.js';
import { missing } from '../../model/fact.js';
import type { AuthBinding } from '../../model/documents/organization.js';
import type { Subject } from '../../model/subject.js';
import { knownObjects, knownObjectTemplates } from '../known-objects.js';
import { defineProbe, type RunDocuments } from '../probe.js';
import { seenOf, seenOfRead } from '../seen.js';

/** The expendable client of the product has fewer scopes: what it may not create, the AI system's own client can undo. */
function plannedFor({ subjects, organization, environmentId }: RunDocuments) {
  const spare = organization.auth?.bindings?.find(
    (binding) => binding.expendable === true && binding.environment === environmentId,
  );
  const action = subjects.find(
    (subject): subject is Subject<'action'> & { kind: 'action' } =>
      subject.kind === 'action' &&
      subject.item.action.interaction === 'create' &&
      subject.item.action.body !== undefined &&
      speaksFhir(subject.item.action, subject.item.path?.via) &&
      !scopesAllow(spare?.scopes ?? [], subject.item.action.resource ?? '', 'c'),
  )?.item.action;
  return { action, readable: readableTypes(spare) };
}

const readableTypes = (binding: AuthBinding | undefined): string[] =>
  [...new Set((binding?.scopes ?? []).map((scope) => /\/([A-Z][A-Za-z]+)\./.exec(scope)?.[1] ?? ''))].filter((type) =>
    scopesAllow(binding?.scopes ?? [], type, 'r'),
  );

/** A create its token holds no scope for, by the product's expendable client, between two allowed reads. */
export default defineProbe({
  id: 'scope-create',
  phase: 'write',
  subjects: 'run',
  when: (_subject, documents) => {
    const { action, readable } = plannedFor(documents);
    return action !== undefined && readable.length > 0;
  },
  needs: ['ai', 'expendable'],
  writes: 'one',
  brings: ['scope-create'],
  sends(_subject, documents) {
    const { action, readable } = plannedFor(documents);
    return [
      ...knownObjectTemplates(documents),
      ...readable.map((type) => ({ context: 'expendable', method: 'GET', path: `${type}/{id}`, most: 2 }) as const),
      { context: 'expendable', method: 'POST', path: action?.resource ?? '', most: 1, mutates: true },
    ];
  },
  async run(_subject, tools) {
    const { clients, objects, cases } = tools;
    const { action, readable } = plannedFor(tools);
    if (!(await clients.expendable.signedIn()).usableToken)
      return { 'scope-create': missing('prerequisite-failed', 'the sign-in of the expendable client was refused') };
    const granted = clients.expendable.grantedScopes;
    const resourceType = action?.resource ?? '';
    if (scopesAllow(granted, resourceType, 'c'))
      return { 'scope-create': missing('no-test-object', 'the expendable client was granted the create') };
    const known = await knownObjects(tools);
    const type = readable.find((each) => known.has(each) && scopesAllow(granted, each, 'r'));
    if (action === undefined || type === undefined)
      return { 'scope-create': missing('no-test-object', 'nothing the expendable client may read is known') };
    const allowed = (): Promise<boolean> =>
      clients.expendable.allowed(
        async () => seenOfRead(await clients.expendable.read(type, known.get(type)?.id ?? ''), type) === 'data',
      );
    const allowedBefore = await allowed();
    const { body, slot } = await objects.body(action);
    const { status, ok } = await clients.expendable.write({ method: 'POST', resourceType, body, expectRefusal: true });
    if (!ok && slot?.id !== undefined) cases.returnSlot(slot.id);
    const allowedAfter = await allowed();
    return { 'scope-create': { resourceType, status, seen: seenOf(status, ok), allowedBefore, allowedAfter } };
  },
});
