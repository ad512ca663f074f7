import type { Binary, DocumentReference, Resource } from 'fhir/r4.js';
import { roleRights, type Role } from './clients.js';
import type { Access } from './exchange.js';
import { grants, parseScope } from './scopes.js';
import type { SiteOf } from './sites.js';

/** Roles of people who sign; a program may write a draft and change it, and never makes it final. */
const signers: ReadonlySet<Role> = new Set(['physician', 'staff']);
const signedStates = ['final', 'amended'];

/** https://hl7.org/fhir/R4/valueset-composition-status.html */
const isSigned = (resource: Resource): boolean =>
  resource.resourceType === 'DocumentReference' &&
  signedStates.includes((resource as DocumentReference).docStatus ?? '');

/** The right of one token: what its scopes, its client's role, its client's site and the patient in context permit together. */
export function createAccess(token: {
  clientId: string;
  user?: string;
  organization: string;
  role: Role;
  site: string | null;
  scopes: readonly string[];
  requestId: string;
  siteOf: SiteOf;
  /** Whether a resource is of the patient in context; absent where the token has none. */
  isOfPatient?: (resource: Resource) => boolean;
  /** Whether a label or a consent keeps a resource from the role. */
  isWithheld?: (resource: Resource) => boolean;
  /** The resource a content belongs to, whose right decides about it. */
  documentOf?: (content: Binary) => Resource | undefined;
}): Access {
  const { role, site, siteOf, isOfPatient, isWithheld, documentOf } = token;
  const scopes = token.scopes.flatMap((text) => parseScope(text) ?? []);
  const rights = roleRights[role];
  return {
    clientId: token.clientId,
    ...(token.user === undefined ? {} : { user: token.user }),
    organization: token.organization,
    role,
    site,
    scopes: token.scopes,
    requestId: token.requestId,
    permits(interaction, resourceType, resource) {
      if (resourceType === 'Binary') {
        const document = resource === undefined ? undefined : documentOf?.(resource as Binary);
        if (resource !== undefined && document === undefined) return false;
        return this.permits(interaction, document?.resourceType ?? 'DocumentReference', document);
      }
      if (!(Object.hasOwn(rights, resourceType) && rights[resourceType]?.includes(interaction))) return false;
      if (!grants(scopes, interaction, resourceType, resource, isOfPatient)) return false;
      if ('cu'.includes(interaction) && resource !== undefined && isSigned(resource) && !signers.has(role))
        return false;
      if ('rs'.includes(interaction) && resource !== undefined && isWithheld?.(resource) === true) return false;
      if (site === null || resource === undefined) return true;
      const where = siteOf(resource);
      return where === 'everywhere' || (where !== 'unknown' && where.site === site);
    },
  };
}
