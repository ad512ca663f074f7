import { scopesAllow } from '../../fhir/scopes.js';
import { speaksFhir } from '../../model/actions.js';
import type { FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { defineProbe, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { seenOf } from '../seen.js';
import { bindingContext, otherWorkflows, ownSearch, ownSearchTemplate } from './workflow-use.js';

/** The contract's first create through FHIR, and the other workflows whose clients ask no scope for it. */
function planned(documents: RunDocuments) {
  const action = documents.subjects.find(
    (subject): subject is Subject<'action'> & { kind: 'action' } =>
      subject.kind === 'action' &&
      subject.item.action.interaction === 'create' &&
      subject.item.action.body !== undefined &&
      speaksFhir(subject.item.action, subject.item.path?.via),
  )?.item.action;
  const others = otherWorkflows(documents).filter(
    ({ other }) => !scopesAllow(other.scopes ?? [], action?.resource ?? '', 'c'),
  );
  return { action, others: action === undefined ? [] : others };
}

/** This workflow's create with the token of another workflow's client; one that succeeds is taken back. */
export default defineProbe({
  id: 'workflow-create',
  phase: 'write',
  subjects: 'run',
  when: (_subject, documents) => planned(documents).others.length > 0,
  needs: ['ai'],
  writes: 'one',
  brings: ['workflow-create'],
  sends(_subject, documents) {
    const { action, others } = planned(documents);
    return others.flatMap(({ other, theirs }): RequestTemplate[] => [
      ownSearchTemplate(other, theirs, 2),
      { context: bindingContext(other), method: 'POST', path: action?.resource ?? '', most: 1, mutates: true },
    ]);
  },
  async run(_subject, tools) {
    const { binding, cases, objects } = tools;
    const { action, others } = planned(tools);
    const trials: FactValue<'workflow-create'> = [];
    for (const { other, theirs } of others) {
      const client = binding(other.id);
      const patient = cases.patients()[0];
      if (action?.resource === undefined || client === undefined || patient === undefined) continue;
      if (!(await client.signedIn()).usableToken) continue;
      const { body, slot } = await objects.body(action);
      const works = (): Promise<boolean> =>
        client.allowed(async () => (await ownSearch(client, theirs, patient.id)).seen === 'data');
      const allowedBefore = await works();
      const { status, ok } = await client.write({
        method: 'POST',
        resourceType: action.resource,
        body,
        expectRefusal: true,
      });
      if (!ok && slot?.id !== undefined) cases.returnSlot(slot.id);
      const allowedAfter = await works();
      trials.push({
        direction: 'other-here',
        workflow: other.workflow ?? '',
        way: 'create',
        resourceType: action.resource,
        status,
        seen: seenOf(status, ok),
        allowedBefore,
        allowedAfter,
      });
    }
    return { 'workflow-create': trials };
  },
});
