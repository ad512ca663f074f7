import type { Documents } from './deviation.js';

/** The contract also reads earlier notes and what is attached to them. */
export function readsNotes({ contract }: Documents): void {
  (contract['resources'] as unknown[]).push({
    id: 'earlier-notes',
    type: 'DocumentReference',
    purpose: 'What was written before',
    find: 'DocumentReference?patient={{patient.id}}',
    fields: [{ path: 'DocumentReference.content.attachment', need: 'should', why: 'the text', follow: 'attachment' }],
  });
}
