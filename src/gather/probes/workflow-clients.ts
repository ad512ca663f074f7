import { lettersAllowed, readScope } from '../../fhir/scopes.js';
import { missing } from '../../model/fact.js';
import type { AuthBinding } from '../../model/documents/organization.js';
import { workflowBindings } from '../../model/workflow-bindings.js';
import { defineProbe } from '../probe.js';

/** Which of the AI system's clients serve which workflow. Sends nothing. */
export default defineProbe({
  id: 'workflow-clients',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  brings: ['workflow-clients'],
  sends: () => [],
  run(_, { contract, organization, environmentId, credentialMarks = [] }) {
    const { own, workflow = null, others } = workflowBindings(contract, organization, environmentId);
    if (own === undefined) {
      const none = missing('no-credential', 'the organization file names no client of the AI system');
      return Promise.resolve({ 'workflow-clients': none });
    }
    const clientOf = ({ id }: AuthBinding): string | undefined =>
      credentialMarks.find(
        ({ what, holder, organization: of }) =>
          what === 'client-id' && holder === id && of === organization.metadata.id,
      )?.mark;
    return Promise.resolve({
      'workflow-clients': {
        binding: own.id,
        workflow,
        others: others.map((other) => {
          const [one, two] = [clientOf(own), clientOf(other)];
          return {
            binding: other.id,
            workflow: other.workflow ?? '',
            sameClient: one === undefined || two === undefined ? null : one === two,
            scopesDiffer: onlyOf(own, other).length > 0 || onlyOf(other, own).length > 0,
          };
        }),
      },
    });
  },
});

/** Types the one asks scopes for and the other does not, in the order of its scopes. */
export const onlyOf = (one: AuthBinding, other: AuthBinding): string[] =>
  [...new Set((one.scopes ?? []).flatMap((scope) => readScope(scope)?.resourceType ?? []))].filter(
    (type) => type !== '*' && lettersAllowed(other.scopes ?? [], type) === '',
  );
