import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'draft-stored-final',
  title: 'A preliminary document is stored as final',
  caughtBy: ['write.draft-state', 'write.create'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  wrap: (next) => (request) =>
    next(
      creates(request, 'DocumentReference')
        ? withBody(request, { ...(sentBody(request) as object), docStatus: 'final' })
        : request,
    ),
});
