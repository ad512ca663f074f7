import { runTrackerProgram } from './tracker-program.js';

/** A tracker that changes a task as it once read it, whatever has become of it since. */
await runTrackerProgram({ trustsFirstRead: true });
