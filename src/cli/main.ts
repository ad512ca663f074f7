import { readFile } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import { addChecksCommand } from './checks.js';
import { addCleanupCommand } from './cleanup.js';
import { addCollectCommand } from './collect.js';
import { addDemoCommand } from './demo.js';
import { addDoctorCommand } from './doctor.js';
import { addInitCommand } from './init.js';
import { addKeysCommand } from './keys.js';
import { addLintCommand } from './lint.js';
import { addProxyCommand } from './proxy.js';
import { addReportCommand } from './report.js';
import { addRunCommand } from './run.js';
import { addSandboxCommand } from './sandbox.js';
import { addSchemaCommand } from './schema.js';
import { addScoreCommand } from './score.js';

/** Where the installed package keeps what the commands read; never the working directory (safety rule 40). */
export interface PackagePlaces {
  readonly checksFolder: URL;
  readonly packageFolder: URL;
}

/** Parses argv and runs one command. Resolves to the exit code; never throws for bad input. */
export async function main(argv: readonly string[], places: PackagePlaces): Promise<number> {
  const { version } = JSON.parse(await readFile(new URL('package.json', places.packageFolder), 'utf8')) as {
    version: string;
  };
  const program = new Command('ehr-scorecard')
    .description('Probes an EHR against a workflow contract and prints the pilot scorecard.')
    .version(version)
    .exitOverride();
  let exitCode: ExitCode = exitCodes.gateMet;
  const exit = (code: ExitCode): void => {
    exitCode = code;
  };
  addDemoCommand(program, places, exit);
  addRunCommand(program, places, exit);
  addCleanupCommand(program, places, exit);
  addCollectCommand(program, places, exit);
  addProxyCommand(program, places, exit);
  addSandboxCommand(program);
  addInitCommand(program, places);
  addLintCommand(program, places);
  addDoctorCommand(program, places, exit);
  addKeysCommand(program);
  addSchemaCommand(program);
  addScoreCommand(program, places, exit);
  addReportCommand(program, places);
  addChecksCommand(program, places);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.gateMet : exitCodes.couldNotStart;
    if (error instanceof ToolError) {
      // A refused document says code, place and frame of each fault itself.
      const { span } = error;
      const place = span === undefined ? '' : `${span.file}:${span.line}:${span.column} `;
      const code = error.name === 'DocumentError' ? '' : `${place}${error.code}: `;
      process.stderr.write(`${code}${error.message}\n${error.next === undefined ? '' : `${error.next}\n`}`);
      return error.exitCode;
    }
    // Whatever else this is, it is ours: where, and no foreign text.
    const frame = /((?:src|checks|bin)\/[^\s)]+:\d+:\d+)/.exec(error instanceof Error ? (error.stack ?? '') : '');
    process.stderr.write(
      `internal: ehr-scorecard failed at ${frame?.[1] ?? 'an unknown place'}. Please report this.\n`,
    );
    return exitCodes.internal;
  }
}
