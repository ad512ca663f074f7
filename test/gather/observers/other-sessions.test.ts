import { describe, expect, it } from 'vitest';
import { otherLogins } from '../../../src/gather/observers/other-sessions.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';

type Contexts = NonNullable<OrganizationProfile['contexts']>;

const contract = (nurseReads: string): Contract => ({
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'notes' },
  permissions: {
    roles: ['physician', 'nurse'],
    rules: [
      { role: 'physician', allow: { Patient: 'rs' } },
      { role: 'nurse', allow: { Patient: nurseReads } },
    ],
  },
});
const login = (id: string, role: string, more: Partial<Contexts[number]> = {}): Contexts[number] => ({
  id,
  role,
  binding: 'app',
  user: { ref: `file:${id}.login` },
  ...more,
});
const patient = login('patient', 'patient', { fhirUser: 'Patient/p-3' });
const organization = (contexts: Contexts, scopes: readonly string[] = ['launch', 'openid', 'patient/Patient.rs']) => ({
  apiVersion: 'ehr-scorecard/v1' as const,
  kind: 'OrganizationProfile' as const,
  metadata: { id: 'harbor' },
  auth: {
    bindings: [
      {
        id: 'app',
        environment: 'nonprod',
        usedBy: 'ai-system' as const,
        flow: 'ehr-launch' as const,
        scopes: [...scopes],
      },
    ],
  },
  contexts,
});
const loginsOf = (
  contexts: Contexts,
  { scopes, nurseReads = '' }: { scopes?: readonly string[]; nurseReads?: string } = {},
) =>
  otherLogins({
    contract: contract(nurseReads),
    organization: organization(contexts, scopes),
    environmentId: 'nonprod',
  });

describe('logins of an app that have no right to the chart', () => {
  const [first, second, nurse] = [login('first', 'physician'), login('second', 'physician'), login('nurse', 'nurse')];

  it('another user of the role, a role that reads no patient, a patient', () => {
    expect(loginsOf([patient, first, nurse, second])).toEqual({
      anotherUser: 'second',
      lowerRole: 'nurse',
      otherKind: { context: 'patient', fhirUser: 'Patient/p-3' },
    });
  });

  it('nobody where none is listed', () => {
    expect(loginsOf([first])).toEqual({ anotherUser: undefined, lowerRole: undefined, otherKind: undefined });
  });

  it('no other user where the same person stands twice, or one nobody can sign in as', () => {
    const { user: _, ...unnamed } = second;
    expect(loginsOf([first, { ...second, user: { ref: 'file:first.login' } }]).anotherUser).toBeUndefined();
    expect(loginsOf([first, unnamed]).anotherUser).toBeUndefined();
  });

  it('no other user where every user of the role may see every patient', () => {
    expect(loginsOf([first, second], { scopes: ['launch', 'user/Patient.rs'] }).anotherUser).toBeNull();
    expect(loginsOf([first, second], { scopes: ['launch', 'openid'] }).anotherUser).toBeNull();
  });

  it('no lower role where every role may read patients', () => {
    expect(loginsOf([first, nurse], { nurseReads: 'r' }).lowerRole).toBeNull();
  });
});
