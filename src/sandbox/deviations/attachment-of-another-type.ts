import { defineDeviation, reads } from '../deviation.js';
import { readsNotes } from '../notes-contract.js';

export default defineDeviation({
  id: 'attachment-of-another-type',
  title: 'A note says that its content is text, and an image of it comes',
  caughtBy: ['read.references-attachments'],
  source: 'https://hl7.org/fhir/R4/datatypes.html#Attachment',
  workflow: 'documentation',
  given: readsNotes,
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!reads(request, 'Binary') || response.status !== 200) return response;
    return {
      ...response,
      headers: { ...response.headers, 'content-type': 'image/png' },
      body: Buffer.from('89504e470d0a1a0a', 'hex'),
    };
  },
});
