const windowSize = 20;
const openShare = 0.3;

/** Opens for good when 30 % or more of the last 20 answers are 429 or 5xx, or no answer at all (safety rule 26). */
export class Breaker {
  readonly #last: boolean[] = [];
  #open = false;

  get open(): boolean {
    return this.#open;
  }

  /** `bad`: 429, 5xx, time-out, reset. Returns true when this one opened it. */
  note(bad: boolean): boolean {
    this.#last.push(bad);
    if (this.#last.length > windowSize) this.#last.shift();
    const opens =
      !this.#open && this.#last.length === windowSize && this.#last.filter(Boolean).length >= windowSize * openShare;
    if (opens) this.#open = true;
    return opens;
  }
}
