import { lettersWithout } from '../fhir/scopes.js';
import type { PermissionCell } from '../model/subject.js';
import { aiSystemBinding, permissionCells } from '../model/subjects.js';
import type { Client, ProbeTools, RunDocuments } from './probe.js';

/** A role of the contract's matrix with the session that stands for it. */
export interface RoleContext {
  readonly role: string;
  readonly cells: readonly PermissionCell[];
  /** Name of the session in templates: `ai`, or `context:<id>`; undefined where the organization names no context of this role. */
  readonly session: string | undefined;
  /** Site it works at; undefined for one of every site. */
  readonly site: string | undefined;
}

type Documents = Pick<RunDocuments, 'contract' | 'organization' | 'environmentId'>;

/** One per role: its first context at the AI system's site, else one of every site, else any. */
export function roleContexts({ contract, organization, environmentId }: Documents): RoleContext[] {
  const ai = aiSystemBinding(contract, organization, environmentId);
  const contexts = organization.contexts ?? [];
  const site = contexts.find((context) => context.binding === ai?.id)?.site;
  const cells = permissionCells(contract);
  return [...new Set(cells.map((cell) => cell.role))].map((role) => {
    const own = contexts.filter((context) => context.role === role);
    const chosen =
      own.find((context) => context.site === site) ?? own.find((context) => context.site === undefined) ?? own[0];
    return {
      role,
      cells: cells.filter((cell) => cell.role === role),
      session: chosen === undefined ? undefined : chosen.binding === ai?.id ? 'ai' : `context:${chosen.id}`,
      site: chosen?.site,
    };
  });
}

/** The session of a role; undefined where it cannot sign in. */
export const roleClient = ({ session }: RoleContext, { clients, context }: ProbeTools): Client | undefined =>
  session === undefined ? undefined : session === 'ai' ? clients.ai : context(session.slice('context:'.length));

export const cellId = ({ role, resourceType }: PermissionCell): string => `cell:${role}/${resourceType}`;

/** Letters the matrix denies. */
export const denied = ({ allow }: Pick<PermissionCell, 'allow'>): string => lettersWithout('cruds', allow);
