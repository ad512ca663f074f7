import type { DocumentReference } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';
import { readsNotes } from '../notes-contract.js';

export default defineDeviation({
  id: 'attachment-elsewhere',
  title: 'The content of a note lies at an address outside the EHR',
  caughtBy: ['read.references-attachments'],
  source: 'https://hl7.org/fhir/R4/datatypes.html#Attachment',
  workflow: 'documentation',
  given: readsNotes,
  wrap: (next) => async (request) =>
    withResources(await next(request), (resource) => {
      if (resource.resourceType !== 'DocumentReference') return resource;
      const document = resource as DocumentReference;
      const content = document.content.map((each) => ({
        ...each,
        attachment: { ...each.attachment, url: `https://archive.example/files/${document.id}` },
      }));
      return { ...document, content };
    }),
});
