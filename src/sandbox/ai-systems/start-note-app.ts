import type { NoteAppConfiguration } from './note-app-configuration.js';
import { startProgram, type RunningProgram } from './start-program.js';

/** The app of the note product at work in a process of its own; `<origin>/launch` is `aiSystem.launchUrl`. */
export const startNoteApp = (folder: string, settings: Omit<NoteAppConfiguration, 'port'>): Promise<RunningProgram> =>
  startProgram('note-app', folder, { ...settings, port: 0 });
