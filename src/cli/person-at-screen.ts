import { createInterface } from 'node:readline';
import type { ScreenPerson } from '../gather/screen-person.js';
import { visible } from '../report/escape.js';

const mostCharacters = 4_000;

/** Whoever writes lines into this process: a person at a terminal, or a program through a pipe. */
export function personAtScreen(): ScreenPerson & { close(): void } {
  // Without a terminal of its own it leaves Ctrl-C to the process.
  const lines = createInterface({ input: process.stdin, terminal: false });
  let told: ((pressed: boolean) => void) | undefined;
  let ended = false;
  lines.on('line', () => told?.(true));
  lines.on('close', () => {
    ended = true;
    told?.(false);
  });
  return {
    say(line) {
      process.stderr.write(`${visible(line, mostCharacters)}\n`);
    },
    enter: (signal) =>
      new Promise((resolve) => {
        if (ended || signal.aborted) return resolve(false);
        const done = (pressed: boolean): void => {
          told = undefined;
          signal.removeEventListener('abort', onAbort);
          resolve(pressed);
        };
        const onAbort = (): void => done(false);
        signal.addEventListener('abort', onAbort, { once: true });
        told = done;
      }),
    close() {
      lines.close();
    },
  };
}
