import { answered, creates, defineDeviation, sentBody } from '../deviation.js';

export default defineDeviation({
  id: 'draft-refused',
  title: 'Only final documents are taken',
  caughtBy: ['write.draft-state', 'write.create'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  wrap: (next) => (request) =>
    creates(request, 'DocumentReference') && (sentBody(request) as { docStatus?: string }).docStatus !== 'final'
      ? Promise.resolve(
          answered(422, {
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'error', code: 'business-rule', expression: ['DocumentReference.docStatus'] }],
          }),
        )
      : next(request),
});
