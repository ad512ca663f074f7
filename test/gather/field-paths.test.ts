import { describe, expect, it } from 'vitest';
import { compileFields } from '../../src/gather/field-paths.js';
import { ExchangeFault } from '../../src/gather/request.js';

describe('rule 4: FHIRPath in bounded time', () => {
  const slot = { resourceType: 'Slot', status: 'free', comment: `${'a'.repeat(40)}!` } as never;

  it('HS-42 a string made for the pattern of a field ends it, and the next field is read', async () => {
    const fields = await compileFields(["Slot.comment.matches('^(a+)+$')", 'Slot.status']);
    const read = (path: string) => fields.get(path)?.(slot);
    expect(() => read("Slot.comment.matches('^(a+)+$')")).toThrow(ExchangeFault);
    expect(() => read("Slot.comment.matches('^(a+)+$')")).toThrow(
      expect.objectContaining({ reason: 'expression-timeout' }) as Error,
    );
    expect(read('Slot.status')).toEqual({ state: 'present', values: ['free'] });
  });

  it('an expression that fails on a resource finds nothing', async () => {
    const fields = await compileFields(['Slot.status.toDateTime().single() + Slot.overbooked']);
    expect([...fields.values()].map((read) => read(slot).state)).toEqual(['absent']);
  });
});
