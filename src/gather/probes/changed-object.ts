import { changesThroughFhir } from '../../model/actions.js';
import { missing } from '../../model/fact.js';
import { undoAction, undoTemplates } from '../declared-undo.js';
import { declaredUndo } from '../undo-declaration.js';
import { declaredChange } from '../declared-change.js';
import { changeElement, mostChanges, mostReads, sameContent } from '../object-change.js';
import { defineProbe } from '../probe.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';

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
