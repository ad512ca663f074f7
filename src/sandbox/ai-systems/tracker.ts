import { runTrackerProgram } from './tracker-program.js';

/** A product that opens a task for each order and mirrors the payer's messages on it. */
await runTrackerProgram();
