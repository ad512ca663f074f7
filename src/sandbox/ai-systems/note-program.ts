import { readScribeConfiguration } from './configuration.js';
import { runEventProgram } from './event-program.js';
import { createNoteWriting, type NoteHabits } from './note-writing.js';

const scopes = [
  'system/Patient.rs',
  'system/Encounter.rs',
  'system/MedicationRequest.rs',
  'system/AllergyIntolerance.rs',
  'system/DocumentReference.crs',
];

/** Action of the contract it is made for. */
const ownAction = 'file-draft';

/** Runs a note product as a process of its own. */
export async function runNoteProgram(habits: NoteHabits = {}): Promise<void> {
  await runEventProgram(readScribeConfiguration, scopes, (connection, configuration) => {
    const write = createNoteWriting(connection, configuration, habits);
    // Whoever files notes as final takes the wish for a final one too.
    const understood = (action: string | undefined): boolean =>
      action === undefined || action === ownAction || (action === 'final' && habits.finalises === true);
    return async ({ resource, action, inputs: { mrn }, identifier }) =>
      understood(action) && resource?.startsWith('Encounter/') === true
        ? write({
            encounter: resource,
            ...(typeof mrn === 'string' ? { mrn } : {}),
            ...(identifier === undefined ? {} : { identifier }),
          })
        : { outcome: 'queued-for-human', reason: 'not understood' };
  });
}
