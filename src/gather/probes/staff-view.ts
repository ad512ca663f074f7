import { changesThroughFhir, createsThroughFhir } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing, type FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { isSearch } from '../action-steps.js';
import { changedAction, changedActionTemplates } from '../changed-action.js';
import { createdObjectTemplates, storedObject } from '../created-object.js';
import { defineProbe, type Client, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { roleClient, roleContexts } from '../role-contexts.js';
import { lookTemplates, seenByOthers, type Written } from '../seen-by-others.js';
import { creatingAction } from '../test-objects.js';

/** Whether those who are to see what an action wrote find it by the searches the contract names. */
export default defineProbe({
  id: 'staff-view',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }, { contract }) =>
    createsThroughFhir(action, path?.via) ||
    (changesThroughFhir(action, path?.via) && creatingAction(contract, action) !== undefined),
  needs: ['ai', 'staff'],
  writes: 'one',
  brings: ['staff-view', 'one-time-words'],
  sends: (subject, documents) => {
    const { action, path } = subject.item;
    return [
      ...(createsThroughFhir(action, path?.via)
        ? createdObjectTemplates(subject, documents)
        : changedActionTemplates(subject)),
      ...viewsOf(action, documents).flatMap(({ session, search }) =>
        lookTemplates(session, search, action.resource ?? ''),
      ),
    ];
  },
  async run(subject, tools) {
    const { action, path } = subject.item;
    const { written, wordDigest } = createsThroughFhir(action, path?.via)
      ? await created(subject, tools)
      : await changed(subject, tools);
    const views: FactValue<'staff-view'>['views'] = [];
    for (const { who, kind, search, client } of viewsOf(action, tools)) {
      const session = client(tools);
      views.push({
        who,
        kind,
        sees: session === undefined ? 'unknown' : await seenByOthers(session, search, written, tools),
      });
    }
    await tools.witness?.({
      action: action.id,
      resourceType: written.object.resourceType,
      patient: written.filled.patient.alias,
    });
    return {
      'staff-view': isSearch(action.observe)
        ? { views, notLookedAs: rolesNamed(action).filter((role) => !views.some(({ who }) => who === role)) }
        : missing('undecided', 'the contract names no search of the EHR by which staff find the result (observe)'),
      'one-time-words': { digests: wordDigest === undefined ? [] : [wordDigest] },
    };
  },
});

interface PlannedView {
  readonly who: string;
  readonly kind: 'staff' | 'consumer';
  readonly search: string;
  /** Name of the session in templates. */
  readonly session: string;
  readonly client: (tools: ProbeTools) => Client | undefined;
}

const rolesNamed = ({ visibleTo }: ContractAction): string[] =>
  (visibleTo ?? []).filter((each) => typeof each === 'string');

/** The roles of `visibleTo` that a session stands for, else any staff session; and each consumer by its own search. */
function viewsOf(
  action: ContractAction,
  documents: Pick<RunDocuments, 'contract' | 'organization' | 'environmentId'>,
): PlannedView[] {
  const { observe } = action;
  const asStaff = { session: 'staff', client: ({ clients }: ProbeTools) => clients.staff } as const;
  const roles = roleContexts(documents).flatMap((role): PlannedView[] =>
    rolesNamed(action).includes(role.role) && role.session?.startsWith('context:') === true && isSearch(observe)
      ? [
          {
            who: role.role,
            kind: 'staff',
            search: observe,
            session: role.session,
            client: (tools) => roleClient(role, tools),
          },
        ]
      : [],
  );
  const consumers = (action.visibleTo ?? []).flatMap((each): PlannedView[] =>
    typeof each === 'string' || !isSearch(each.search)
      ? []
      : [{ who: each.consumer, kind: 'consumer', search: each.search, ...asStaff }],
  );
  const anyStaff: PlannedView[] =
    roles.length > 0 || !isSearch(observe) ? [] : [{ who: 'staff', kind: 'staff', search: observe, ...asStaff }];
  return [...roles, ...anyStaff, ...consumers];
}

interface Marked {
  readonly written: Written;
  readonly wordDigest: string | undefined;
}

async function created(subject: Subject<'action'>, tools: ProbeTools): Promise<Marked> {
  const { filled, stored, wordDigest } = await storedObject(subject, tools);
  return { written: { action: subject.item.action, filled, object: stored }, wordDigest };
}

async function changed(subject: Subject<'action'>, tools: ProbeTools): Promise<Marked> {
  const { action } = subject.item;
  const { filled, wordDigest, changed: change } = await changedAction(subject, tools);
  const { after, outcome } = change;
  if (after === undefined || !(outcome.applied || outcome.putApplied === true))
    throw new ExchangeFault('prerequisite-failed', 'the change was not made', undefined);
  return { written: { action, filled, object: after }, wordDigest };
}
