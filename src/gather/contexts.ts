import { scopesAllow } from '../fhir/scopes.js';
import type { ContractAction } from '../model/documents/contract.js';
import type { AccessContext, AuthBinding } from '../model/documents/organization.js';
import { isMissing, missing, type Missing } from '../model/fact.js';
import { aiSystemBinding } from '../model/subjects.js';
import type { Need, RunDocuments } from './probe.js';
import type { Credential } from './sign-in.js';

/** Which binding plays which part, or why none can. */
export type Cast = Readonly<Record<Need, AuthBinding | Missing>>;

/** Credentials by binding id, resolved by the composition root; missing with the reason where that failed. */
export type Credentials = ReadonlyMap<string, Credential | Missing>;

/** Chooses the sessions of a run. A binding counts only when its references resolve and somebody can sign in with it. */
export function castOf(
  documents: Pick<RunDocuments, 'contract' | 'organization' | 'environmentId'>,
  credentials: Credentials,
): Cast {
  const { contract, organization, environmentId } = documents;
  const bindings = (organization.auth?.bindings ?? []).filter((binding) => binding.environment === environmentId);
  const ai = usable(aiSystemBinding(contract, organization, environmentId), credentials, 'no-credential');
  const actions = contract.actions ?? [];
  const contexts = (organization.contexts ?? []).filter((context) => !isMissing(ai) && context.binding !== ai.id);
  const byContext = (letter: string, wanted: readonly ContractAction[]): AuthBinding | Missing => {
    for (const context of siteFirst(contexts, siteOf(documents, ai))) {
      const binding = bindings.find((each) => each.id === context.binding);
      if (
        binding === undefined ||
        binding.usedBy !== 'staff' ||
        isMissing(usable(binding, credentials, 'no-second-context'))
      )
        continue;
      if (
        wanted.some(
          (action) => action.resource !== undefined && scopesAllow(binding.scopes ?? [], action.resource, letter),
        )
      ) {
        return binding;
      }
    }
    return missing('no-second-context', 'no staff context that can sign in may do this');
  };
  const auditBinding = (organization.audit?.sources ?? []).find((source) => source.kind === 'fhir-auditevent')?.binding;
  return {
    ai,
    second: byContext('u', actions),
    staff: byContext('r', actions),
    audit: usable(
      bindings.find((binding) => binding.id === auditBinding),
      credentials,
      'no-credential',
    ),
    expendable: usable(
      bindings.find((binding) => binding.expendable === true && binding.flow === 'backend'),
      credentials,
      'no-credential',
    ),
  };
}

/** Site of the context in which the AI system's binding is used. */
export function siteOf(documents: Pick<RunDocuments, 'organization'>, ai: AuthBinding | Missing): string | undefined {
  if (isMissing(ai)) return undefined;
  return (documents.organization.contexts ?? []).find((context) => context.binding === ai.id)?.site;
}

function usable(
  binding: AuthBinding | undefined,
  credentials: Credentials,
  reason: 'no-credential' | 'no-second-context',
): AuthBinding | Missing {
  if (binding === undefined) return missing(reason, 'the organization file names no such client');
  const credential = credentials.get(binding.id);
  if (credential === undefined) return missing(reason, `binding ${binding.id} has no credential`);
  return isMissing(credential) ? credential : binding;
}

const siteFirst = (contexts: readonly AccessContext[], site: string | undefined): AccessContext[] => [
  ...contexts.filter((context) => context.site === site),
  ...contexts.filter((context) => context.site !== site),
];
