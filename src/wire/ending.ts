import type { WireFault } from './wire-fault.js';

/**
 * Why and when an exchange must stop early: deadline, caller or closed door. One listener, the step now under way; an
 * AbortController for each exchange would cost more than the rest of the door.
 */
export class Ending {
  #fault: WireFault | undefined;
  #listener: ((fault: WireFault) => void) | undefined;

  get fault(): WireFault | undefined {
    return this.#fault;
  }

  end(fault: WireFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#listener?.(fault);
  }

  /** Replaces the listener; `undefined` when the step is over. */
  listen(listener: ((fault: WireFault) => void) | undefined): void {
    this.#listener = listener;
  }
}
