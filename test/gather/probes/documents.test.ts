import { expect, it } from 'vitest';
import { trial } from '../../support/trial.js';

const contractChecks = [
  'contract.schema',
  'contract.trigger',
  'contract.fields',
  'contract.actions',
  'contract.failure-matrix',
  'contract.permissions',
  'contract.org-overrides',
  'contract.governance',
  'contract.stability',
];

const extending = (metadata: object) =>
  trial({
    checks: contractChecks,
    writes: 'none',
    change({ contract }) {
      for (const key of Object.keys(contract)) delete contract[key];
      Object.assign(contract, {
        apiVersion: 'ehr-scorecard/v1',
        kind: 'WorkflowContract',
        extends: 'scheduling-voice-bot',
        metadata,
        productScreens: 'none',
      });
    },
  });

it('a draft that extends a template has everything to be confirmed, and nothing fails', async () => {
  const { results, fact, outcome } = await extending({ id: 'our-bot', status: 'draft' });
  expect(fact('template-defaults', 'run')).toMatchObject({
    status: 'draft',
    pointers: expect.arrayContaining(['/triggers', '/permissions', '/metadata/title']) as unknown,
  });
  const said = [...results.values()].flatMap(({ check, judgements }) =>
    judgements.filter(({ messageId }) => messageId === 'default').map(() => check.id),
  );
  expect([...new Set(said)].sort()).toEqual([
    'contract.actions',
    'contract.failure-matrix',
    'contract.fields',
    'contract.governance',
    'contract.permissions',
    'contract.trigger',
  ]);
  expect(contractChecks.map(outcome)).toEqual(['pass', 'warn', 'warn', 'warn', 'warn', 'warn', 'pass', 'warn', 'warn']);
});

it('the same once somebody agreed is decided', async () => {
  const { results, fact, outcome } = await extending({ id: 'our-bot', status: 'agreed', agreedOn: '2026-11-01' });
  expect(fact('template-defaults', 'run')).toMatchObject({ status: 'agreed' });
  const said = [...results.values()].flatMap(({ judgements }) => judgements.map(({ messageId }) => messageId));
  expect(said).not.toContain('default');
  expect(outcome('contract.failure-matrix')).toBe('pass');
});

it('the smallest files leave decisions open and fail nothing', async () => {
  const { outcome, results } = await trial({
    checks: [...contractChecks, 'profile.credentials', 'hipaa.safeguards-attested'],
    writes: 'none',
    change({ contract, organization }) {
      const resource = { id: 'slot', type: 'Slot', find: 'Slot?start=ge{{now}}', fields: ['Slot.start'] };
      for (const key of Object.keys(contract)) delete contract[key];
      Object.assign(contract, {
        apiVersion: 'ehr-scorecard/v1',
        kind: 'WorkflowContract',
        metadata: { id: 'our-bot' },
        triggers: [{ id: 'call', kind: 'external', primary: true }],
        resources: [resource],
      });
      for (const key of Object.keys(organization)) {
        if (!['apiVersion', 'kind', 'metadata', 'environments'].includes(key)) delete organization[key];
      }
    },
  });
  expect(contractChecks.map(outcome)).toEqual([
    'pass',
    'not-measured',
    'warn',
    'not-measured',
    'not-measured',
    'not-measured',
    'not-applicable',
    'not-measured',
    'not-measured',
  ]);
  expect(outcome('profile.credentials')).toBe('pass');
  expect(results.get('hipaa.safeguards-attested')).toMatchObject({ outcome: 'not-measured', reason: 'undecided' });
});

it('names that cross the files, certificates in files and a stranger’s site are looked at', async () => {
  const { fact, results } = await trial({
    checks: ['contract.schema', 'profile.credentials'],
    writes: 'none',
    change({ contract, organization }) {
      const rules = (contract['permissions'] as { rules: { site?: unknown }[] }).rules;
      rules[1]!.site = ['north', 'nowhere'];
      organization['certificates'] = [
        { id: 'authority', ref: 'file:ca.pem' },
        { id: 'no-certificate', ref: 'file:organization.yaml' },
      ];
      (organization['channels'] as Record<string, unknown>)['cal'] = { kind: 'external' };
    },
  });
  const dangling = { code: 'dangling-reference' };
  expect(fact('document-problems', 'run')).toEqual([
    { ...dangling, document: 'contract', pointer: '/permissions/rules/1/site', name: 'nowhere' },
    { ...dangling, document: 'organization', pointer: '/channels/cal', name: 'cal' },
  ]);
  const files = fact('certificate-files', 'run') as { name: string; notAfter: string | null }[];
  expect(files.map(({ name, notAfter }) => [name, notAfter === null])).toEqual([
    ['authority', false],
    ['no-certificate', true],
    ['listener subscription', false],
    ['listener hl7v2', false],
  ]);
  expect(results.get('contract.schema')?.outcome).toBe('fail');
});
