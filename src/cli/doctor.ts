import type { Command } from 'commander';
import { exitCodes, ToolError, type ExitCode } from '../model/errors.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Problem } from '../model/documents/problem.js';
import type { Diagnosis } from '../report/diagnosis.js';
import type { PackagePlaces } from './main.js';

interface DoctorFlags {
  readonly environment?: string;
  readonly signIn?: true;
  readonly json?: true;
  readonly secretsDir?: string;
  readonly allowEnv?: readonly string[];
}

const pageColumns = 80;

/** `doctor FILE`: exit 0 when nothing stands in the way of a run, 1 when something is to repair, 75 when somebody did not answer. */
export function addDoctorCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .argument('<organization>', 'organization file')
    .description(
      'Looks whether a run could start: one request per endpoint, keys, certificates, clocks. Writes nothing.',
    )
    .option('--environment <id>', 'which environment (default: the deciding one)')
    .option('--sign-in', 'signs every backend client in once; otherwise no credential is used')
    .option('--json', 'print the findings as JSON')
    .option('--secrets-dir <folder>', 'a second folder for file: references')
    .option('--allow-env <name...>', 'variables references may name besides EHR_SCORECARD_…')
    .action(async (file: string, flags: DoctorFlags) => {
      const { about, findings } = await diagnose(file, flags, places);
      if (flags.json === true) process.stdout.write(`${JSON.stringify({ about, findings }, undefined, 2)}\n`);
      else {
        const [{ diagnosisPage }, { printed }] = await Promise.all([
          import('../report/diagnosis.js'),
          import('../report/screen.js'),
        ]);
        const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
        process.stdout.write(printed(diagnosisPage(about, findings, pageColumns), color));
      }
      if (findings.some(({ level }) => level === 'ill')) exit(exitCodes.failed);
      else if (findings.some(({ level }) => level === 'unavailable')) exit(exitCodes.unavailable);
    });
}

/** @throws ToolError (exit 2) for a file that cannot be used */
async function diagnose(
  file: string,
  flags: DoctorFlags,
  places: PackagePlaces,
): Promise<{ about: string; findings: readonly Diagnosis[] }> {
  const [{ loadOrganization }, { decisionEnvironment }, { insideWindow }, inputs, secrets, endpoints] =
    await Promise.all([
      import('../load/documents.js'),
      import('../model/subjects.js'),
      import('../gather/write-policy.js'),
      import('./run-inputs.js'),
      import('./doctor-secrets.js'),
      import('./doctor-endpoints.js'),
    ]);
  const secretPlaces = inputs.secretPlacesOf({ ...flags, organization: file });
  const { value: organization, problems } = await loadOrganization(file, {
    profilesFolder: new URL('profiles/', places.packageFolder),
    ...(flags.allowEnv === undefined ? {} : { allowEnv: flags.allowEnv }),
    ...(flags.secretsDir === undefined ? {} : { secretsFolder: flags.secretsDir }),
  });
  const environmentId = flags.environment ?? decisionEnvironment(organization) ?? '';
  const environment = organization.environments?.[environmentId];
  if (environment === undefined) {
    const known = Object.keys(organization.environments ?? {});
    throw new ToolError('no-environment', `The organization file has no environment "${environmentId}".`, {
      next: known.length === 0 ? 'Add one with its fhirBase.' : `Name one of: ${known.join(', ')}.`,
    });
  }
  const now = new Date();
  const closed: Diagnosis = {
    area: 'endpoints',
    what: environmentId,
    level: 'note',
    found: 'not asked: the agreed window of this environment is closed',
  };
  const local = await secrets.diagnoseSecrets(organization, environmentId, secretPlaces, now.getTime());
  const asked = insideWindow(environment, now)
    ? await endpoints.diagnoseEndpoints({
        organization,
        environmentId,
        environment,
        secretPlaces,
        signIn: flags.signIn === true,
      })
    : [closed];
  return {
    about: `${organization.metadata.id}, ${environmentId}: ${environment.fhirBase}`,
    findings: [...fileFindings(organization, problems), ...local, ...asked],
  };
}

/** What loads and still leads nowhere, and whether there is anybody to test with. */
function fileFindings({ testData }: OrganizationProfile, problems: readonly Problem[]): Diagnosis[] {
  const wrong = problems.map(({ message, span }): Diagnosis => {
    return { area: 'file', what: `line ${span.line}`, level: 'ill', found: message };
  });
  const aliases = (testData?.patients ?? []).map(({ alias }) => alias);
  const patients: Diagnosis =
    aliases.length === 0
      ? { area: 'file', what: 'test patients', level: 'note', found: 'none listed', next: 'Add testData.patients.' }
      : { area: 'file', what: 'test patients', level: 'well', found: aliases.join(', ') };
  return [...wrong, patients];
}
