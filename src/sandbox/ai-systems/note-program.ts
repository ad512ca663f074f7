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

/** Runs a note product as a process of its own. */
export async function runNoteProgram(habits: NoteHabits = {}): Promise<void> {
  await runEventProgram(readScribeConfiguration, scopes, (connection, configuration) => {
    const write = createNoteWriting(connection, configuration, habits);
    return async ({ resource, identifier }) =>
      resource?.startsWith('Encounter/') === true
        ? write({ encounter: resource, ...(identifier === undefined ? {} : { identifier }) })
        : { outcome: 'queued-for-human', reason: 'not understood' };
  });
}
