import { scopesAllow } from '../../fhir/scopes.js';
import { speaksFhir } from '../../model/actions.js';
import { isUserFacing } from '../../model/app-clients.js';
import { isMissing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { boundaryClient, boundarySession, brings, patientBoundary } from '../patient-boundary.js';
import { defineProbe, type RunDocuments } from '../probe.js';
import { seenOf } from '../seen.js';

/** An action of the contract that creates what the app's patient-level scopes let it create. */
function creatable(documents: RunDocuments) {
  const boundary = patientBoundary(documents);
  if (isMissing(boundary)) return undefined;
  const action = documents.subjects.find(
    (subject): subject is Subject<'action'> & { kind: 'action' } =>
      subject.kind === 'action' &&
      subject.item.action.interaction === 'create' &&
      subject.item.action.body !== undefined &&
      speaksFhir(subject.item.action, subject.item.path?.via) &&
      scopesAllow(boundary.binding.scopes ?? [], subject.item.action.resource ?? '', 'c'),
  )?.item.action;
  return action === undefined ? undefined : { boundary, action };
}

/** A create about another patient, with a token opened on one; what the server takes all the same is undone. */
export default defineProbe({
  id: 'patient-boundary-create',
  phase: 'write',
  subjects: 'run',
  when: (_subject, documents) =>
    isUserFacing(documents.contract, documents.organization) && creatable(documents) !== undefined,
  needs: ['ai'],
  writes: 'one',
  brings: ['patient-boundary-create'],
  sends(_subject, documents) {
    const planned = creatable(documents);
    if (planned === undefined) return [];
    const context = boundarySession(planned.boundary);
    return [
      { context, method: 'GET', path: 'Patient/{id}', most: 2 },
      { context, method: 'POST', path: planned.action.resource ?? '', most: 1, mutates: true },
    ];
  },
  async run(_subject, tools) {
    const planned = creatable(tools);
    if (planned === undefined) return {};
    const { boundary, action } = planned;
    const client = await boundaryClient(tools, boundary);
    if (isMissing(client)) return { 'patient-boundary-create': client };
    const ownReadable = async (): Promise<boolean> =>
      brings(await client.read('Patient', boundary.own.id), boundary.own.id);
    const ownBefore = await ownReadable();
    const resourceType = action.resource ?? '';
    const { body, slot } = await tools.objects.body(action, boundary.other);
    const { status, ok } = await client.write({ method: 'POST', resourceType, body, expectRefusal: true });
    if (!ok && slot?.id !== undefined) tools.cases.returnSlot(slot.id);
    const seen = seenOf(status, ok);
    return { 'patient-boundary-create': { resourceType, status, seen, ownBefore, ownAfter: await ownReadable() } };
  },
});
