import { runNoteProgram } from './note-program.js';

/** A product that drafts visit notes and leaves the signing to people. */
await runNoteProgram();
