import type { OrganizationProfile } from './documents/organization.js';
import type { Reference } from './documents/parts.js';

type Named = Pick<OrganizationProfile, 'aiSystem'>;

/** Where the AI system's own log is asked for; undefined where none is named, or a file. */
export function logAddress({ aiSystem }: { readonly aiSystem?: Named['aiSystem'] | undefined }): string | undefined {
  const place = aiSystem?.auditExport;
  if (typeof place === 'string') return place;
  return place !== undefined && 'url' in place ? place.url : undefined;
}

/** The token that opens it. */
export function logTokenOf({ aiSystem }: { readonly aiSystem?: Named['aiSystem'] | undefined }): Reference | undefined {
  const place = aiSystem?.auditExport;
  return typeof place === 'object' && 'url' in place ? place.token : undefined;
}

/** The file it lies in, where the organization file names one. */
export function logFileOf({ aiSystem }: { readonly aiSystem?: Named['aiSystem'] | undefined }): Reference | undefined {
  const place = aiSystem?.auditExport;
  return typeof place === 'object' && 'ref' in place ? place : undefined;
}
