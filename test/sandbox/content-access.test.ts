import type { Binary, DocumentReference } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/sandbox/access.js';

const note = { resourceType: 'DocumentReference', id: 'note', status: 'current', content: [] } as DocumentReference;
const content: Binary = {
  resourceType: 'Binary',
  id: 'content',
  contentType: 'text/plain',
  securityContext: { reference: 'DocumentReference/note' },
};
const access = (scopes: string[], kept: boolean, document: DocumentReference | undefined = note) =>
  createAccess({
    clientId: 'scribe',
    organization: 'lakeside',
    role: 'assistant',
    site: null,
    scopes,
    requestId: 'r1',
    siteOf: () => 'everywhere',
    isWithheld: (resource) => kept && resource === note,
    documentOf: ({ securityContext }) =>
      securityContext?.reference === 'DocumentReference/note' ? document : undefined,
  });

describe('the content of a document', () => {
  it('may be read by whoever may read the document', () => {
    expect(access(['system/DocumentReference.rs'], false).permits('r', 'Binary', content)).toBe(true);
    expect(access(['system/Encounter.rs'], false).permits('r', 'Binary', content)).toBe(false);
  });

  it('is kept back with its document, and where no document is known', () => {
    expect(access(['system/DocumentReference.rs'], true).permits('r', 'Binary', content)).toBe(false);
    const { securityContext: _, ...loose } = content;
    expect(access(['system/DocumentReference.rs'], false).permits('r', 'Binary', loose)).toBe(false);
  });
});
