/**
 * Holds several writes until each of them is journalled and has its turn, so that they are sent at the same moment. Whoever
 * ends before it gets there opens the line, so that nobody waits for it.
 */
export class StartingLine {
  readonly #opened: Promise<void>;
  #open: () => void = () => undefined;
  #missing: number;

  constructor(starters: number) {
    this.#missing = starters;
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Resolves when everybody is here. */
  arrive(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing <= 0) this.#open();
    return this.#opened;
  }

  open(): void {
    this.#open();
  }
}
