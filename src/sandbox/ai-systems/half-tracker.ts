import { runTrackerProgram } from './tracker-program.js';

/** A tracker that opens the task of the nurse and leaves it standing where the scheduler cannot be told. */
await runTrackerProgram({ leavesHalves: true });
