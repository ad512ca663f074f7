import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { Deviation } from '../../src/sandbox/deviation.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { reusedKeys } from './client-keys.js';
import { writeDocuments, type TrialOptions } from './trial.js';
import { places } from './places.js';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command in this process, with what it wrote. */
export async function command(...argv: string[]): Promise<Said> {
  let [stdout, stderr] = ['', ''];
  const catchOutput = (into: (text: string) => void) =>
    ((chunk: string | Uint8Array) => {
      into(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    }) as typeof process.stdout.write;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(catchOutput((text) => (stdout += text))),
    vi.spyOn(process.stderr, 'write').mockImplementation(catchOutput((text) => (stderr += text))),
  ];
  try {
    return { code: await main(argv, places), stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

export interface Workplace {
  readonly folder: string;
  readonly files: { readonly contract: string; readonly organization: string };
  readonly sandbox: Sandbox;
  /** `run` on the sandbox with the documents written for it. */
  run(...flags: string[]): Promise<Said>;
  close(): Promise<void>;
}

/** A sandbox, documents for it and a place for run folders. `deviations` are given inline. */
export async function openWorkplace(
  options: Pick<TrialOptions, 'change' | 'workflow'> & { readonly deviations?: readonly Deviation[] } = {},
): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-command-'));
  const chosen = options.deviations ?? [];
  const sandbox = await startSandbox({
    keysFolder: folder,
    createKey: reusedKeys(),
    organizations: ['lakeside'],
    deviations: chosen,
  });
  const { change, workflow } = options;
  const files = await writeDocuments(
    sandbox,
    folder,
    { ...(change && { change }), ...(workflow && { workflow }) },
    chosen,
  );
  return {
    folder,
    files,
    sandbox,
    run: (...flags) =>
      command(
        'run',
        '--contract',
        files.contract,
        '--organization',
        files.organization,
        '--output',
        join(folder, 'runs'),
        ...flags,
      ),
    async close() {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
