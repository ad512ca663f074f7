import type { DocumentReference } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'draft-stored-final',
  title: 'A preliminary document is stored as final',
  caughtBy: ['write.draft-state', 'write.create'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  store: (store) => ({
    ...store,
    transaction: (work) =>
      store.transaction((writer) =>
        work({
          ...writer,
          create: (resource) =>
            writer.create(
              (resource as DocumentReference).docStatus === 'preliminary'
                ? ({ ...resource, docStatus: 'final' } as DocumentReference)
                : resource,
            ),
        }),
      ),
  }),
});
