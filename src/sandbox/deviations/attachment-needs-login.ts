import { answered, defineDeviation, outcome, reads } from '../deviation.js';
import { readsNotes } from '../notes-contract.js';

export default defineDeviation({
  id: 'attachment-needs-login',
  title: 'A note can be read, and its content only with another login',
  caughtBy: ['read.references-attachments'],
  source: 'https://hl7.org/fhir/R4/binary.html#security',
  workflow: 'documentation',
  given: readsNotes,
  wrap: (next) => (request) =>
    reads(request, 'Binary')
      ? Promise.resolve(answered(401, outcome('login', 'Sign in at the document archive')))
      : next(request),
});
