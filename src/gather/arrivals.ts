import { OwnLateness } from './own-lateness.js';

/** Whoever waits for something to arrive at a listener. */
export class Arrivals {
  readonly #waiting = new Set<() => void>();

  /** Something arrived: everybody looks again. */
  tell(): void {
    for (const look of this.#waiting) look();
  }

  /**
   * True as soon as `holds` does, looked at after each arrival; false after `withinMs`. Time in which this process itself
   * stood still is waited for again, at most as long again: what came meanwhile has not been read yet.
   */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    const lateness = new OwnLateness();
    const fromMs = performance.now();
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        clearTimeout(timer);
        lateness.stop();
        this.#waiting.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (holds()) end(true);
      };
      const wait = (milliseconds: number, last: boolean): NodeJS.Timeout =>
        setTimeout(() => {
          const lateMs = Math.min(withinMs, lateness.between(fromMs, performance.now()));
          if (last || lateMs === 0) end(false);
          else timer = wait(lateMs, true);
        }, milliseconds);
      let timer = wait(withinMs, false);
      this.#waiting.add(look);
      look();
    });
  }
}
