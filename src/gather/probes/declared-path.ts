import { missing } from '../../model/fact.js';
import { writesSomething } from '../../model/actions.js';
import { defineProbe } from '../probe.js';

/** What the documents show of a way to write that is no FHIR interface. */
export default defineProbe({
  id: 'declared-path',
  phase: 'static',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  needs: [],
  writes: 'none',
  brings: ['path-evidence'],
  sends: () => [],
  run({ item: { action, path } }) {
    const stepsStated = path?.do !== undefined;
    const expires = (action.evidence ?? []).map((each) => each.expires ?? null);
    return Promise.resolve({
      'path-evidence':
        stepsStated || expires.length > 0
          ? { graded: { stepsStated, expires }, grade: 'attested' as const }
          : missing('undecided', 'neither steps nor evidence are given for this action'),
    });
  },
});
