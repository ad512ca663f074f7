import { execFile } from 'node:child_process';
import type { Operator } from '../gather/attended-person.js';
import { visible } from '../report/escape.js';

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  linux: ['xdg-open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

const mostCharacters = 4_000;

/** Whoever sits at this terminal; undefined in CI and where nobody can answer. */
export function terminalOperator(): Operator | undefined {
  if (!process.stderr.isTTY || !process.stdin.isTTY || process.env['CI'] !== undefined) return undefined;
  const say = (line: string): void => void process.stderr.write(`${visible(line, mostCharacters)}\n`);
  return {
    say,
    browse(address) {
      say(`Sign in here: ${address}`);
      const [command, ...before] = openers[process.platform] ?? [];
      // No shell; where no browser opens, the printed address is enough.
      if (command !== undefined) execFile(command, [...before, address], () => undefined);
    },
  };
}
