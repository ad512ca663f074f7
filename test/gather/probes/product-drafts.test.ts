import { describe, expect, it } from 'vitest';
import productDrafts from '../../../src/gather/probes/product-drafts.js';
import type { RunDocuments } from '../../../src/gather/probe.js';
import type { Subject } from '../../../src/model/subject.js';

const contract = { triggers: [{ id: 'visit-ended', kind: 'ehr-event', event: { resource: 'Encounter' } }] };
const subject = { item: { action: { id: 'note', resource: 'DocumentReference' } } } as unknown as Subject<'action'>;
const asked = (organization: object): number | undefined =>
  productDrafts
    .sends(subject, { contract, organization } as unknown as RunDocuments)
    .find(({ purpose }) => purpose === 'ai-webhook')?.most;
const aiSystem = { webhook: { url: 'https://product.example/events' } };

describe('drafts of a product', () => {
  it('are ten where they can be taken back, and three where they stay', () => {
    const withGaps = asked({ aiSystem, writePolicy: { cleanup: 'delete' } }) ?? 0;
    expect(withGaps - (asked({ aiSystem, writePolicy: { cleanup: 'none' } }) ?? 0)).toBe(7);
    expect(asked({ aiSystem })).toBe(asked({ aiSystem, writePolicy: { cleanup: 'none' } }));
  });

  it('are not asked for without a door of the product', () => {
    expect(asked({ writePolicy: { cleanup: 'delete' } })).toBeUndefined();
  });
});
