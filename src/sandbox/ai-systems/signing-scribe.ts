import { runNoteProgram } from './note-program.js';

/** A product that files its notes as final, before anybody has read them. */
await runNoteProgram({ finalises: true });
