import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../src/model/documents/contract.js';
import { fieldsOf, normaliseContract } from '../../../src/model/documents/normalise.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import { applyOverrides } from '../../../src/model/documents/overrides.js';

const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'test' },
  resources: [{ id: 'slot', type: 'Slot', fields: ['Slot.start', { path: 'Slot.comment', need: 'should' }] }],
  actions: [
    {
      id: 'book',
      kind: 'commit',
      interaction: 'create',
      noReview: { rationale: 'confirmed by voice', signedBy: 'somebody' },
      controls: { noDuplicate: { heldBy: 'ehr', how: 'slot' }, undo: { heldBy: 'person' } },
    },
    { id: 'move', kind: 'draft', interaction: 'patch', review: { required: true } },
    { id: 'offer', kind: 'suggest' },
  ],
  latency: [{ id: 'search', from: 'ai-request', to: 'ai-received', budget: 'PT1S' }],
  permissions: { rules: [{ role: 'bot', allow: { Appointment: 'surc' } }] },
  overrides: [
    { path: 'latency[search].budget', allowed: { min: '500ms', max: 'PT3S' }, default: 'PT2S' },
    { path: 'actions[book].noReview', allowed: ['allowed', 'staff-confirms'] },
    { path: 'actions[book].controls', allowed: { heldBy: ['ehr', 'product'] } },
    { path: 'actions[book].controls.undo', allowed: { heldBy: ['product'] } },
    { path: 'actions[book].kind' },
    { path: 'values.visitType', mandatory: true },
  ],
};
const apply = (overrides: Record<string, unknown>) =>
  applyOverrides(contract, {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'test' },
    overrides,
  } satisfies OrganizationProfile);
const codes = (overrides: Record<string, unknown>): string[] =>
  apply({ 'values.visitType': 'x', ...overrides }).findings.map(({ code, path }) => `${code} ${path}`);

describe('overrides of an organization', () => {
  it('replace what the contract allows, and leave the contract itself alone', () => {
    const before = structuredClone(contract);
    const {
      contract: effective,
      values,
      defaults,
      findings,
    } = apply({
      'latency[search].budget': '2500ms',
      'actions[book].controls.undo': 'product',
      'values.visitType': ['a', 'b'],
    });
    expect(effective.latency?.[0]?.budget).toBe('2500ms');
    expect(effective.actions?.[0]?.controls).toEqual({
      noDuplicate: { heldBy: 'ehr', how: 'slot' },
      undo: { heldBy: 'product' },
    });
    expect(values).toEqual({ visitType: ['a', 'b'] });
    expect(defaults).toEqual([]);
    expect(findings).toEqual([]);
    expect(contract).toEqual(before);
  });

  it('fall back to the default, which is reported', () => {
    const { contract: effective, defaults, findings } = apply({});
    expect(effective.latency?.[0]?.budget).toBe('PT2S');
    expect(defaults).toEqual(['latency[search].budget']);
    expect(findings).toEqual([
      { code: 'override-missing', path: 'values.visitType', document: 'contract', pointer: '/overrides/5/path' },
    ]);
  });

  it('take a signed exception from review away, and leave the review to be decided', () => {
    const [book] = apply({ 'actions[book].noReview': 'staff-confirms' }).contract.actions ?? [];
    expect(book).not.toHaveProperty('noReview');
    expect(book?.review).toEqual({ required: true });
    expect(apply({ 'actions[book].noReview': 'allowed' }).contract.actions?.[0]).toEqual(contract.actions?.[0]);
  });

  it('move every control of an action to one holder', () => {
    const [book] = apply({ 'actions[book].controls': 'product' }).contract.actions ?? [];
    expect(book?.controls).toEqual({ noDuplicate: { heldBy: 'product', how: 'slot' }, undo: { heldBy: 'product' } });
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{ 'latency[other].budget': 'PT1S' }, ['override-not-declared latency[other].budget']],
    [{ 'latency[search].budget': 'PT4S' }, ['override-not-allowed latency[search].budget']],
    [{ 'latency[search].budget': '100ms' }, ['override-not-allowed latency[search].budget']],
    [{ 'latency[search].budget': 'soon' }, ['override-not-allowed latency[search].budget']],
    [{ 'actions[book].noReview': 'never' }, ['override-not-allowed actions[book].noReview']],
    [{ 'actions[book].controls': 'person' }, ['override-not-allowed actions[book].controls']],
    [{ 'actions[book].kind': { a: 1 } }, ['override-not-allowed actions[book].kind']],
    [{ 'values.visitType': { a: 1 } }, ['override-not-allowed values.visitType']],
  ])('%j: %j', (overrides, expected) => expect(codes(overrides)).toEqual(expected));
});

describe('short forms', () => {
  it('are written out, in place', () => {
    const normal = normaliseContract(contract);
    expect(fieldsOf(normal.resources![0]!)).toEqual([
      { path: 'Slot.start', need: 'must' },
      { path: 'Slot.comment', need: 'should' },
    ]);
    expect(normal.permissions?.rules?.[0]?.allow).toEqual({ Appointment: 'crus' });
    expect(normal.actions?.map(({ controls }) => controls)).toEqual([
      { noDuplicate: { heldBy: 'ehr', how: 'slot' }, undo: { heldBy: 'person' } },
      { noOverwrite: { heldBy: 'ehr' }, reviewGate: { heldBy: 'ehr' }, undo: { heldBy: 'ehr' } },
      undefined,
    ]);
    expect(normaliseContract(normal)).toEqual(normal);
  });
});
