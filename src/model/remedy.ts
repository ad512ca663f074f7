import type { Remedy, RemedyOwner } from './check.js';
import type { BlockerClass } from './outcome.js';

const ownersOf: Readonly<Record<BlockerClass, readonly [RemedyOwner, ...RemedyOwner[]]>> = {
  product: ['vendor', 'product-owner'],
  contract: ['clinical-owner', 'product-owner', 'privacy', 'security'],
  auth: ['ehr-team', 'security', 'vendor'],
  'ehr-configuration': ['ehr-team', 'ehr-vendor'],
  'ehr-capability': ['ehr-vendor', 'ehr-team'],
  'vendor-integration': ['vendor'],
};

/** Whom a problem of this class most likely lies with. */
export const likelyOwner = (blocks: BlockerClass): RemedyOwner => ownersOf[blocks][0];

/** What to do first: by whoever the problem most likely lies with, where the check has advice for them. */
export const firstRemedy = <R extends Pick<Remedy, 'owner'>>(
  blocks: BlockerClass,
  remedies: readonly R[],
): R | undefined => remedies.find(({ owner }) => ownersOf[blocks].includes(owner)) ?? remedies[0];
