import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Patient, Slot } from 'fhir/r4.js';
import type { StoreChange } from '../../../src/sandbox/exchange.js';
import { createStore } from '../../../src/sandbox/fhir/store.js';

const now = () => new Date('2030-01-02T03:04:05.678Z');
const patient = (id: string, family: string): Patient => ({ resourceType: 'Patient', id, name: [{ family }] });

describe('store', () => {
  it('numbers versions, keeps them all and leaves a tombstone', () => {
    const store = createStore({ now });
    store.transaction((writer) => writer.create(patient('p1', 'Ash')));
    store.transaction((writer) => writer.update(patient('p1', 'Birch')));
    store.transaction((writer) => writer.delete('Patient', 'p1'));
    expect(store.get('Patient', 'p1')).toMatchObject({ versionId: '3', method: 'DELETE', resource: undefined });
    expect(store.version('Patient', 'p1', '1')?.resource).toEqual({
      ...patient('p1', 'Ash'),
      meta: { versionId: '1', lastUpdated: '2030-01-02T03:04:05.678Z' },
    });
    expect(store.history('Patient', 'p1').map(({ versionId }) => versionId)).toEqual(['3', '2', '1']);
    expect(store.version('Patient', 'p1', '4')).toBeUndefined();
    expect(store.version('Patient', 'p1', '__proto__')).toBeUndefined();
    expect([...store.all('Patient')]).toEqual([]);
  });

  it('keeps what it stores from being changed from outside', () => {
    const store = createStore({ now });
    const stored = store.transaction((writer) => writer.create(patient('p1', 'Ash'))) as Patient;
    expect(() => {
      stored.name?.push({ family: 'Birch' });
    }).toThrow(TypeError);
  });

  it('indexes tokens, references, strings and dates of live resources only', () => {
    const store = createStore({ now });
    const slot: Slot = {
      resourceType: 'Slot',
      id: 's1',
      schedule: { reference: 'Schedule/a' },
      status: 'free',
      start: '2030-01-02T09:00:00Z',
      end: '2030-01-02T09:30:00Z',
      serviceType: [{ coding: [{ system: 'urn:s', code: 'visit' }] }],
    };
    store.transaction((writer) => writer.create(slot));
    expect([...store.index.idsWith('Slot', 'schedule', 'Schedule/a')]).toEqual(['s1']);
    expect([...store.index.idsWith('Slot', 'service-type', 'urn:s|visit')]).toEqual(['s1']);
    expect([...store.index.idsWith('Slot', 'service-type', 'visit')]).toEqual(['s1']);
    expect([...store.index.idsWith('Slot', 'service-type', '|visit')]).toEqual([]);
    const fromMs = Date.parse(slot.start);
    expect(store.index.valuesOf('Slot', 'start', 's1')).toEqual([{ fromMs, untilMs: fromMs + 1000 }]);
    store.transaction((writer) => writer.update({ ...slot, status: 'busy' } as Slot));
    expect([...store.index.idsWith('Slot', 'status', 'free')]).toEqual([]);
    store.transaction((writer) => writer.delete('Slot', 's1'));
    expect([...store.index.idsWith('Slot', 'status', 'busy')]).toEqual([]);
  });

  it('tells listeners after the outermost commit, in order, and never of what was undone', () => {
    const store = createStore({ now });
    const seen: string[] = [];
    store.onCommit(({ resourceType, id, previous, current }: StoreChange) => {
      seen.push(`${resourceType}/${id} ${previous?.meta?.versionId ?? '-'}>${current?.meta?.versionId ?? '-'}`);
      if (resourceType === 'Patient' && current) {
        store.transaction((writer) => writer.create({ resourceType: 'Provenance', id: `of-${id}` }));
      }
    });
    store.transaction((writer) => {
      writer.create(patient('p1', 'Ash'));
      expect(() =>
        store.transaction((inner) => {
          inner.create(patient('p2', 'Birch'));
          throw new Error('savepoint');
        }),
      ).toThrow('savepoint');
      store.transaction((inner) => inner.create(patient('p3', 'Cedar')));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['Patient/p1 ->1', 'Patient/p3 ->1', 'Provenance/of-p1 ->1', 'Provenance/of-p3 ->1']);
    store.transaction((writer) => writer.delete('Patient', 'p1'));
    expect(seen.slice(4)).toEqual(['Patient/p1 1>-']);
  });

  it('leaves nothing of a transaction that throws, whatever it wrote', () => {
    const step = fc.record({
      kind: fc.constantFrom('create', 'update', 'delete'),
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      family: fc.constantFrom('Ash', 'Birch', 'Cedar'),
    });
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, undone) => {
        const store = createStore({ now });
        const apply = (steps: typeof before) =>
          store.transaction((writer) => {
            for (const { kind, id, family } of steps) {
              const used = store.get('Patient', id) !== undefined;
              if (kind === 'delete') writer.delete('Patient', id);
              else if (used) writer.update(patient(id, family));
              else writer.create(patient(id, family));
            }
          });
        apply(before);
        const state = () => ({
          live: store.snapshot({ versions: true }),
          history: store.typeHistory('Patient').map(({ id, versionId }) => `${id}/${versionId}`),
          index: ['a', 'b', 'c', 'd'].map((id) => [
            store.index.valuesOf('Patient', 'family', id),
            [...store.index.idsWith('Patient', '_id', id)],
          ]),
        });
        const expected = state();
        expect(() =>
          store.transaction(() => {
            apply(undone);
            throw new Error('no');
          }),
        ).toThrow('no');
        expect(state()).toEqual(expected);
      }),
    );
  });

  it('compares content without versions', () => {
    const store = createStore({ now });
    store.transaction((writer) => writer.create({ ...patient('p1', 'Ash'), meta: { tag: [{ code: 't' }] } }));
    const before = store.snapshot();
    store.transaction((writer) => writer.update({ ...patient('p1', 'Ash'), meta: { tag: [{ code: 't' }] } }));
    expect(store.snapshot()).toEqual(before);
    expect(before).toEqual({ 'Patient/p1': { ...patient('p1', 'Ash'), meta: { tag: [{ code: 't' }] } } });
  });
});
