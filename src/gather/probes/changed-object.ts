import { changesThroughFhir } from '../../model/actions.js';
import type { Resource } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import { missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { ObjectTemplates, requestStep, stateElement } from '../action-steps.js';
import { undoAction, undoTemplates } from '../declared-undo.js';
import { declaredUndo } from '../undo-declaration.js';
import { changeElement, mostChanges, mostReads, sameContent, type ElementChange } from '../object-change.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { creatingAction, testObjectTemplates, type FilledBody } from '../test-objects.js';

/** An action that changes something: the change on an object made for it, the same request once more, then its undo. */
export default defineProbe({
  id: 'changed-object',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }, { contract }) =>
    changesThroughFhir(action, path?.via) && creatingAction(contract, action) !== undefined,
  needs: ['ai'],
  writes: 'one',
  brings: ['change-outcome', 'retry-objects', 'undo-outcome'],
  sends: (subject) => {
    const { action } = subject.item;
    const path = `${action.resource ?? ''}/{id}`;
    return [
      ...testObjectTemplates(action),
      { context: 'ai', method: 'GET', path, most: mostReads + 1 },
      { context: 'ai', method: 'PATCH', path, most: mostChanges + 1, mutates: true },
      { context: 'ai', method: 'PUT', path, most: mostChanges + 1, mutates: true },
      ...(declaredUndo(subject.item) === 'request' ? undoTemplates(subject) : []),
    ];
  },
  async run(subject, tools) {
    const { ai } = tools.clients;
    const { item } = subject;
    const filled = await tools.objects.body(item.action);
    const created = await tools.objects.make(filled.body, ai);
    const changed = await changeElement(tools, ai, created, await declaredChange(subject, tools, filled, created));
    const { after, before, outcome } = changed;
    const sequence = 'change' as const;
    if (after === undefined || !(outcome.applied || outcome.putApplied === true)) {
      const unmade = missing('prerequisite-failed', 'the change was not made');
      return { 'change-outcome': outcome, 'retry-objects': unmade, 'undo-outcome': unmade };
    }
    await ai.write(changed.sent);
    const again = await ai.read(after.resourceType, after.id ?? '');
    if (!again.ok || again.resource === undefined) {
      const lost = missing('control-failed', 'the changed object could not be read again');
      return { 'change-outcome': outcome, 'retry-objects': lost, 'undo-outcome': lost };
    }
    const target = { filled, object: again.resource, earlier: before };
    return {
      'change-outcome': outcome,
      'retry-objects': { sequence, sameContent: sameContent(after, again.resource) },
      'undo-outcome':
        declaredUndo(item) === 'request'
          ? (await undoAction(subject, tools, ai, target)).undo
          : // The documents alone brought it.
            missing('not-gathered'),
    };
  },
});

async function declaredChange(
  { item }: Subject<'action'>,
  tools: ProbeTools,
  filled: FilledBody,
  object: Resource,
): Promise<ElementChange> {
  const { action } = item;
  const element = stateElement(action);
  const value = action.states?.through?.[0] ?? action.states?.to;
  if (value === undefined) throw new ExchangeFault('undecided', 'the contract names no state to change to', undefined);
  const method = action.interaction === 'update' ? 'PUT' : 'PATCH';
  const step = requestStep(item, 'do');
  if (step?.body === undefined || (step.method !== 'PATCH' && step.method !== 'PUT')) {
    return { method, part: 'action', element, value };
  }
  const body = (await new ObjectTemplates(tools, filled, object).body(step.body)) as unknown as Resource | Operation[];
  return { method: step.method, part: 'action', element, value, body };
}
