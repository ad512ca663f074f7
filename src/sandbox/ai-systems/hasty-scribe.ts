import { runNoteProgram } from './note-program.js';

/** A product that signs its drafts itself when nobody looks at them. */
await runNoteProgram({ signsUnseen: true });
