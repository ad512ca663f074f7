import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseDurationMs } from '../model/documents/duration.js';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { PackagePlaces } from './main.js';
import type { DocumentFlags } from './run-inputs.js';

interface ProxyFlags extends DocumentFlags {
  readonly listen?: string;
  readonly output: string;
  readonly fault: readonly string[];
  readonly maxDuration?: string;
}

export function addProxyCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('proxy')
    .description('Stands between a product and its EHR, records what the product asks for, and ends with Ctrl-C.')
    .requiredOption('--contract <name or file>', 'what the workflow needs')
    .requiredOption('--organization <file>', 'which EHR, and where to listen (aiSystem.proxy)')
    .option('--environment <id>', 'environment of the organization file')
    .option('--listen <port>', 'a port of this machine alone, where the organization file names no listener')
    .option(
      '--fault <rule...>',
      'what the product meets, for example 429@search*3 or 412@write:Appointment*1; never in production',
      [],
    )
    .option('--output <folder>', 'where run folders are kept', 'scorecards')
    .option('--max-duration <duration>', 'ends by itself after this time, for example 7d')
    .option('--allow-env <name...>', 'environment variables a reference may name besides EHR_SCORECARD_…')
    .option('--secrets-dir <folder>', 'a second folder for file: references')
    .action(async (flags: ProxyFlags) => {
      const ending = new AbortController();
      const end = (): void => ending.abort();
      process.on('SIGINT', end).on('SIGTERM', end);
      try {
        exit(await runProxy(flags, places, ending.signal));
      } finally {
        process.off('SIGINT', end).off('SIGTERM', end);
      }
    });
}

/** @throws ToolError exit 2 when it cannot listen, or a fault is asked for in front of a production EHR */
export async function runProxy(flags: ProxyFlags, places: PackagePlaces, signal: AbortSignal): Promise<ExitCode> {
  process.umask(0o077);
  const [{ readFaultRule, recordProduct }, { faultNames }, inputs, { loadChecks }, { newRunId }] = await Promise.all([
    import('../gather/product-recording.js'),
    import('../gather/observers/injected-faults.js'),
    import('./run-inputs.js'),
    import('./check-catalog.js'),
    import('../gather/run-folder.js'),
  ]);
  const faults = flags.fault.map((text) => readFaultRule(text, faultNames));
  const checks = await loadChecks(places.checksFolder);
  const startedAt = new Date();
  const ids = checks.map(({ id }) => id);
  const read = await inputs.readRunInputs(flags, places, ids, startedAt);
  const { organization, environment } = read.documents;
  const name = organization.aiSystem?.proxy?.listener;
  const declared = name === undefined ? undefined : organization.listeners?.[name];
  const identity = (await inputs.listenerIdentities(organization, read.secretPlaces)).get(name ?? '');
  const { version } = JSON.parse(await readFile(new URL('package.json', places.packageFolder), 'utf8')) as {
    version: string;
  };
  const deadline =
    flags.maxDuration === undefined ? undefined : AbortSignal.timeout(parseDurationMs(flags.maxDuration));
  const { folder, requests, refused, how } = await recordProduct({
    documents: read.documents,
    inputs: read.inputs,
    tls: await inputs.tlsOf(environment, read.secretPlaces),
    listen:
      declared === undefined
        ? { port: portOf(flags.listen) }
        : {
            ...(declared.bind === undefined ? {} : { bind: declared.bind }),
            ...(declared.port === undefined ? {} : { port: declared.port }),
            ...(declared.clients === undefined ? {} : { clients: declared.clients }),
            ...(identity === undefined ? {} : { tls: identity }),
          },
    publicUrl: declared?.publicUrl,
    faults,
    output: flags.output,
    runId: newRunId(startedAt),
    header: {
      tool: { name: 'ehr-scorecard', version },
      operator: {
        party: organization.operator?.party ?? 'not-stated',
        who: organization.operator?.who ?? 'not stated',
      },
    },
    onListening: (baseUrl) =>
      void process.stderr.write(
        `The product reaches its EHR at ${baseUrl} until Ctrl-C; nothing of what it says is kept.\n`,
      ),
    signal: deadline === undefined ? signal : AbortSignal.any([signal, deadline]),
    now: () => new Date(),
  });
  const others = refused === 0 ? '' : `${refused} more were none for the EHR and were passed on to nobody\n`;
  process.stdout.write(`${requests} requests recorded in ${folder}\n${others}Next: ehr-scorecard score ${folder}\n`);
  return how === 'complete' ? exitCodes.gateMet : exitCodes.safetyStop;
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? Number.NaN : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ToolError(
    'no-listener',
    'the organization file names no listener for the proxy (aiSystem.proxy), and --listen no port',
    {
      next: 'Add aiSystem.proxy with a listener, or give --listen a number from 0 to 65535.',
    },
  );
}
