import type { OperationOutcome, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { createsThroughFhir } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing } from '../../model/fact.js';
import { isSearch, ObjectTemplates, searchTemplate, stateElement } from '../action-steps.js';
import { createdObject, createdObjectTemplates } from '../created-object.js';
import { defineProbe } from '../probe.js';

/** How a draft reads afterwards: to its author, to staff, and in the searches of those it must not look final to. */
export default defineProbe({
  id: 'draft-state',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    action.kind === 'draft' && action.states?.to !== undefined && createsThroughFhir(action, path?.via),
  needs: ['ai', 'staff'],
  writes: 'one',
  brings: ['draft-state'],
  sends: (subject, documents) => [
    ...createdObjectTemplates(subject, documents),
    { context: 'staff', method: 'GET', path: `${subject.item.action.resource ?? ''}/{id}`, most: 1 },
    ...consumerSearches(subject.item.action).map((search) => searchTemplate('staff', search, 1)),
  ],
  async run(subject, tools) {
    const { action } = subject.item;
    const { answer, stored, filled, outcome } = await createdObject(subject, tools);
    const { staff } = tools.clients;
    if (stored?.id === undefined) {
      const blamesState = issuesName(answer.resource, stateElement(action));
      return {
        'draft-state':
          answer.status >= 400 && answer.status < 500 && blamesState
            ? { state: 'refused', status: answer.status, controlsHeld: outcome.controlsHeld }
            : missing('prerequisite-failed', 'the draft could not be created'),
      };
    }
    const seen = await staff.read(stored.resourceType, stored.id);
    let consumerSeesFinal = false;
    for (const search of consumerSearches(action)) {
      const { type, parameters } = await new ObjectTemplates(tools, filled, stored).search(search);
      const page = readSearchset((await staff.search(type, parameters)).resource);
      if (page === undefined || page === 'too-many') continue;
      const shown = page.matches.find((match) => match.id === stored.id);
      if (shown !== undefined && stateOf(action, shown) === 'final') consumerSeesFinal = true;
    }
    return {
      'draft-state': {
        state: stateOf(action, stored),
        staff: seen.ok && seen.resource !== undefined ? stateOf(action, seen.resource) : 'not-seen',
        consumerSeesFinal,
      },
    };
  },
});

const consumerSearches = ({ visibleTo }: ContractAction): string[] =>
  (visibleTo ?? []).flatMap((each) => (typeof each === 'string' || !isSearch(each.search) ? [] : [each.search]));

/** States in which a record counts as done, signed or in force; the contract may forbid more. */
const finalStates = ['final', 'amended', 'appended', 'corrected', 'completed', 'booked', 'fulfilled', 'active'];

function stateOf(action: ContractAction, resource: Resource): 'kept' | 'final' | 'other' | 'absent' {
  const value = (resource as unknown as Record<string, unknown>)[stateElement(action)];
  if (value === undefined) return 'absent';
  if (value === action.states?.to) return 'kept';
  return [...finalStates, ...(action.states?.forbidden ?? [])].some((state) => state === value) ? 'final' : 'other';
}

function issuesName(resource: Resource | undefined, element: string): boolean {
  if (resource?.resourceType !== 'OperationOutcome') return false;
  const { issue } = resource as OperationOutcome;
  return (
    Array.isArray(issue) &&
    issue.some((each) => (each.expression ?? each.location ?? []).some((path) => path.endsWith(`.${element}`)))
  );
}
