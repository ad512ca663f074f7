import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Places } from './row.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** Largest resident size of the process itself, in bytes; undefined where there is no /proc. */
  readonly peakBytes: number | undefined;
  /** The same of every process it started. */
  readonly childPeakBytes: readonly number[];
}

const lookEveryMs = 20;

/** Runs a program to its end, its peak memory watched from outside. */
export function runProgram(
  file: string,
  argv: readonly string[],
  options: { readonly timeoutMs: number; readonly cwd?: string; readonly watch?: boolean },
): Promise<Ended> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(file, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const peaks = new Map<number, number>();
    const look = (): void => {
      for (const pid of [child.pid ?? 0, ...childrenOf(child.pid ?? 0)]) {
        const peak = peakOf(pid);
        if (peak !== undefined) peaks.set(pid, peak);
      }
    };
    const timer = options.watch === true ? setInterval(look, lookEveryMs) : undefined;
    let wallMs = Number.NaN;
    child.once('exit', () => (wallMs = performance.now() - startedMs));
    child.once('close', (code) => {
      clearInterval(timer);
      const { [child.pid ?? 0]: own, ...others } = Object.fromEntries(peaks);
      resolve({ code, stdout, stderr, wallMs, peakBytes: own, childPeakBytes: Object.values(others) });
    });
  });
}

/** The command line of the package. */
export const commandLine = (places: Places): string =>
  fileURLToPath(new URL('dist/bin/ehr-scorecard.js', places.package));

// The kernel keeps the largest value, so that seldom looks miss only what came after the last one.
function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
