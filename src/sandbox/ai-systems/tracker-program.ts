import { setTimeout as pause } from 'node:timers/promises';
import { readProductConfiguration } from './configuration.js';
import { type OutsideEvent, runEventProgram } from './event-program.js';
import { createTracking, type TrackingHabits, type TrackingOutcome } from './tracking.js';

const scopes = ['system/ServiceRequest.rs', 'system/Task.crus'];
const againAfterMs = 250;
const againForMs = 15 * 60_000;

/** Runs a product that tracks prior authorizations as a process of its own. What its EHR does not answer it tries again. */
export async function runTrackerProgram(habits: TrackingHabits = {}): Promise<void> {
  await runEventProgram(readProductConfiguration, scopes, (connection) => {
    const track = createTracking(connection, habits);
    return async (event) => {
      const outcome = await track(event);
      if (outcome.unsettled === true) void tryAgain(track, event);
      return { outcome: outcome.outcome, object: outcome.object, reason: outcome.reason };
    };
  });
}

async function tryAgain(track: (event: OutsideEvent) => Promise<TrackingOutcome>, event: OutsideEvent): Promise<void> {
  const endMs = performance.now() + againForMs;
  while (performance.now() < endMs) {
    await pause(againAfterMs, undefined, { ref: false });
    if ((await track(event)).unsettled !== true) return;
  }
}
