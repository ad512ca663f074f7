import { describe, expect, it } from 'vitest';
import { createClinic } from '../../../src/sandbox/clinic/clinic.js';
import { createStore } from '../../../src/sandbox/fhir/store.js';
import { checkReferences, validResource } from '../../../src/sandbox/fhir/validation.js';
import { base } from './server.js';

describe.each(['lakeside', 'summit'] as const)('the synthetic clinic of %s', (organization) => {
  it('would be accepted from a client, resource by resource', () => {
    const now = new Date('2030-01-02T03:04:05.678Z');
    const { resources } = createClinic({ organization, now, seed: 'validation' });
    const store = createStore({ now: () => now });
    store.transaction((writer) => {
      for (const resource of resources) {
        checkReferences(writer.create(validResource(resource, resource.resourceType)), store, base);
      }
    });
    expect(Object.keys(store.snapshot())).toHaveLength(resources.length);
  });
});
