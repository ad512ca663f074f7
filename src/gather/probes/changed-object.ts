import { changesThroughFhir } from '../../model/actions.js';
import { missing } from '../../model/fact.js';
import { undoAction, undoTemplates } from '../declared-undo.js';
import { declaredUndo } from '../undo-declaration.js';
import { changedAction, changedActionTemplates } from '../changed-action.js';
import { sameContent } from '../object-change.js';
import { defineProbe } from '../probe.js';
import { creatingAction } from '../test-objects.js';

/**
 * An action that changes something: the change on the object made for it, the same request once more, then its undo. It
 * uses up the shared object, so it runs after all that look at it.
 */
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
      ...changedActionTemplates(subject),
      { context: 'ai', method: 'GET', path, most: 1 },
      { context: 'ai', method: 'PATCH', path, most: 1, mutates: true },
      { context: 'ai', method: 'PUT', path, most: 1, mutates: true },
      ...(declaredUndo(subject.item) === 'request' ? undoTemplates(subject) : []),
    ];
  },
  async run(subject, tools) {
    const { ai } = tools.clients;
    const { item } = subject;
    const { filled, changed } = await changedAction(subject, tools);
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
