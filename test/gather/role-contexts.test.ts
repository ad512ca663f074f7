import { describe, expect, it } from 'vitest';
import { roleContexts } from '../../src/gather/role-contexts.js';
import { productRights } from '../../src/model/product-rights.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'notes' },
  permissions: {
    roles: ['scribe', 'physician', 'nurse', 'clerk'],
    productRoles: ['scribe', 'physician'],
    rules: [
      { role: 'scribe', allow: { Encounter: 'rs', DocumentReference: 'crs' } },
      { role: 'physician', allow: { Encounter: 'rs', Task: 'r' } },
    ],
  },
};
const scribe = { id: 'scribe', environment: 'test', usedBy: 'ai-system', flow: 'backend' } as const;
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  auth: { bindings: [scribe] },
  contexts: [
    { id: 'scribe', role: 'scribe', site: 'north', binding: 'scribe' },
    { id: 'physician-everywhere', role: 'physician', binding: 'event-source' },
    { id: 'physician-north', role: 'physician', site: 'north', binding: 'physician' },
    { id: 'nurse-south', role: 'nurse', site: 'south', binding: 'nurse' },
  ],
};

describe('the context that stands for a role', () => {
  it('is the first one at the site of the AI system, else any, else none', () => {
    const chosen = roleContexts({ contract, organization, environmentId: 'test' });
    expect(chosen.map(({ role, session, cells }) => [role, session, cells.length])).toEqual([
      ['scribe', 'ai', 3],
      ['physician', 'context:physician-north', 3],
      ['nurse', 'context:nurse-south', 3],
      ['clerk', undefined, 3],
    ]);
  });
});

describe('the rights the product needs of a client', () => {
  it('are those of the roles it is used in', () => {
    expect([...(productRights(contract, organization, scribe) ?? [])]).toEqual([
      ['DocumentReference', 'crs'],
      ['Encounter', 'rs'],
    ]);
  });

  it('are those of every product role where no context names the client', () => {
    const { contexts: _, ...without } = organization;
    expect(productRights(contract, without, scribe)?.get('Task')).toBe('r');
  });

  it('are undecided without a product role', () => {
    const { productRoles: _, ...permissions } = contract.permissions!;
    expect(productRights({ ...contract, permissions }, organization, scribe)).toBeUndefined();
  });
});
