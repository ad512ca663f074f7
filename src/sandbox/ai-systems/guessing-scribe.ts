import { runNoteProgram } from './note-program.js';

/** A product that writes its notes from what it has, whatever is missing. */
await runNoteProgram({ guesses: true });
