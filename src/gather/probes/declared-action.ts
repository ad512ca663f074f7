import { missing } from '../../model/fact.js';
import { changesThroughFhir, createsSomething, createsThroughFhir, writesSomething } from '../../model/actions.js';
import type { ActionItem } from '../action-steps.js';
import { createSequence } from '../business-key.js';
import { declaredUndo } from '../undo-declaration.js';
import { defineProbe } from '../probe.js';

const performed = ({ action, path }: ActionItem): boolean =>
  createsThroughFhir(action, path?.via) || changesThroughFhir(action, path?.via);

const decided = (item: ActionItem): boolean =>
  declaredUndo(item) === 'request' &&
  !(createsSomething(item.action) && createSequence(item.action) === undefined) &&
  !(item.action.kind === 'draft' && item.action.states?.to === undefined);

/** What the documents alone say about an action: steps nobody decided, steps of a person, ways this tool does not speak. */
export default defineProbe({
  id: 'declared-action',
  phase: 'static',
  subjects: 'action',
  when: ({ item }) => writesSomething(item.action) && !(performed(item) && decided(item)),
  needs: [],
  writes: 'none',
  brings: [
    'create-outcome',
    'change-outcome',
    'draft-state',
    'retry-objects',
    'undo-outcome',
    'business-duplicate',
    'slot-race',
    'state-walk',
    'version-history',
    'stale-update',
    'unconditional-update',
  ],
  sends: () => [],
  run({ item }) {
    const { action, path } = item;
    const via = path?.via ?? action.via;
    const unspoken = performed(item)
      ? missing('not-gathered')
      : via === undefined
        ? missing('undecided', 'the contract does not say by which way the action is carried out')
        : via === 'fhir-r4' || via === 'fhir-operation'
          ? missing('tool-limited', 'this version performs create, update, patch and delete of one object')
          : missing('no-ai-system', 'only the product can perform this action');
    const undo = declaredUndo(item);
    return Promise.resolve({
      'create-outcome': unspoken,
      'change-outcome': unspoken,
      'draft-state':
        action.kind === 'draft' && action.states?.to === undefined ? { state: 'undecided' as const } : unspoken,
      'retry-objects':
        createsSomething(action) && createSequence(action) === undefined
          ? { sequence: 'undecided' as const }
          : unspoken,
      'undo-outcome': undo === 'request' ? unspoken : { by: undo },
      'business-duplicate': unspoken,
      'slot-race': unspoken,
      'state-walk': unspoken,
      'version-history': unspoken,
      'stale-update': unspoken,
      'unconditional-update': unspoken,
    });
  },
});
