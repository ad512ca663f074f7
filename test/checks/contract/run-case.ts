import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { CaseFacts, FullCase } from '../../support/test-check.js';

type Problem = { code: string; document: 'contract' | 'organization'; pointer: string; name: string };

export const problem = (
  code: string,
  pointer: string,
  name = '',
  document: Problem['document'] = 'contract',
): Problem => ({
  code,
  document,
  pointer,
  name,
});

/** A case about the run: parts of the two documents, and the facts of its files. */
export function runCase(
  facts: CaseFacts,
  contract: Omit<Partial<Contract>, 'metadata'> & { metadata?: Partial<Contract['metadata']> } = {},
  organization: Partial<OrganizationProfile> = {},
): FullCase {
  const { metadata, ...blocks } = contract;
  return {
    facts,
    subject: {
      item: {
        contract: {
          apiVersion: 'ehr-scorecard/v1',
          kind: 'WorkflowContract',
          metadata: { id: 'bot', ...metadata },
          ...blocks,
        },
        organization: {
          apiVersion: 'ehr-scorecard/v1',
          kind: 'OrganizationProfile',
          metadata: { id: 'lakeside' },
          ...organization,
        },
        environmentId: 'test',
      },
    },
  };
}

const defaults = (status: 'not-stated' | 'draft' | 'agreed' | 'frozen', pointers: string[]) => ({
  'template-defaults': { status, pointers },
});
/** Nothing is inherited, and somebody agreed. */
export const agreed = defaults('agreed', []);
/** Everything below these places is the template's, and nobody agreed. */
export const inherited = (...pointers: string[]) => defaults('draft', pointers);
