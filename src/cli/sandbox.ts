import { join, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { ToolError } from '../model/errors.js';
import type { OrganizationId } from '../sandbox/clinic/clinic-index.js';
import { isOfEhr, type Deviation } from '../sandbox/deviation.js';

interface SandboxFlags {
  readonly port: string;
  readonly http?: true;
  readonly org?: OrganizationId[];
  readonly seed: string;
  readonly deviation: readonly string[];
  readonly folder: string;
}

const organizationIds: readonly OrganizationId[] = ['lakeside', 'summit'];

export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('Runs the embedded EHR with synthetic clinics on 127.0.0.1 until Ctrl-C.')
    .option('--port <number>', '0 takes a free port', '9443')
    .option('--http', 'plain http, for clients that cannot trust the certificate authority of the sandbox')
    .addOption(new Option('--org <id...>', 'organizations to run (default: all)').choices([...organizationIds]))
    .option('--seed <text>', 'another seed makes other clinics', 'sandbox')
    .option('--deviation <id...>', 'lets the EHR misbehave in one named way', [])
    .option('--folder <path>', 'keys and organization files are written here', 'ehr-scorecard-sandbox')
    .action(runSandbox);
}

/** Resolves after Ctrl-C or SIGTERM, when the port is free again. */
async function runSandbox(flags: SandboxFlags): Promise<void> {
  const port = portOf(flags.port);
  const [{ startSandbox }, { deviations }, keys, { organizationDocument }, { workflows }, { stringify }] =
    await Promise.all([
      import('../sandbox/server.js'),
      import('../sandbox/deviations/index.js'),
      import('../sandbox/keys.js'),
      import('../sandbox/organization-document.js'),
      import('../sandbox/clinic/workflows.js'),
      import('yaml'),
    ]);
  const folder = resolve(flags.folder);
  const chosen = flags.deviation.map((id) => deviationNamed(id, deviations));
  const sandbox = await startSandbox({
    ...(flags.org ? { organizations: [...new Set(flags.org)] } : {}),
    ...(flags.http ? { http: true } : {}),
    port,
    seed: flags.seed,
    deviations: chosen,
    keysFolder: folder,
    onFault: (fault) =>
      process.stderr.write(`fault of the sandbox: ${fault instanceof Error ? fault.stack : 'unknown'}\n`),
  });
  const stopped = untilSignal();
  try {
    const lines: string[] = [`Sandbox EHR at ${sandbox.origin}, synthetic data only. Ctrl-C stops it.`];
    for (const { id, title } of chosen) lines.push(`Misbehaves: ${id} (${title})`);
    let example: string | undefined;
    for (const organization of sandbox.organizations.values()) {
      const home = join(folder, organization.id);
      if (sandbox.caPem !== undefined) await keys.writePrivateFile(home, 'ca.pem', sandbox.caPem);
      const listener = await keys.writeListenerFiles(home, sandbox.forListeners);
      lines.push(
        '',
        organization.id,
        `  FHIR base      ${organization.fhirBase}`,
        `  token URL      ${organization.tokenUrl}`,
      );
      lines.push(`  keys           ${shown(join(home, 'keys'))}/<client>.pem; client ids:`);
      for (const { clientId, role, site } of organization.clients) {
        lines.push(`    ${clientId.padEnd(38)} ${role}${site === null ? '' : `, site ${site}`}`);
      }
      for (const workflow of Object.keys(workflows) as (keyof typeof workflows)[]) {
        const document = organizationDocument({
          organization: organization.id,
          workflow,
          fhirBase: organization.fhirBase,
          tokenUrl: organization.tokenUrl,
          clients: organization.clients,
          clinic: organization.clinic.index,
          now: new Date(),
          keysFolder: 'keys',
          feedPort: organization.feedPort,
          ...(sandbox.caPem === undefined ? {} : { caFile: 'ca.pem' }),
          ...listener,
        });
        const file = await keys.writePrivateFile(home, `${workflow}.yaml`, stringify(document));
        const { contract } = workflows[workflow];
        lines.push(`  organization   ${shown(file)} for contract ${contract}`);
        example ??= `ehr-scorecard run --contract ${contract} --organization ${shown(file)}`;
      }
    }
    lines.push('', `Try: ${example}`, '');
    process.stdout.write(lines.join('\n'));
    await stopped;
  } finally {
    await sandbox.stop();
  }
}

function shown(file: string): string {
  return relative(process.cwd(), file) || file;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ToolError('port-not-usable', `--port takes a whole number from 0 to 65535, not "${text.slice(0, 20)}"`, {
    next: 'Give a free port, or 0 to have one chosen.',
  });
}

function deviationNamed(id: string, known: readonly Deviation[]): Deviation {
  const usable = known.filter(isOfEhr);
  const found = usable.find((deviation) => deviation.id === id);
  if (found) return found;
  throw new ToolError('unknown-deviation', `no deviation is called "${id.slice(0, 60)}"`, {
    next: `Known are: ${usable.map((deviation) => deviation.id).join(', ')}.`,
  });
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
