import { type Command, Option } from 'commander';
import { ToolError } from '../model/errors.js';
import type { PackagePlaces } from './main.js';

interface InitFlags {
  readonly contract?: string;
  readonly ehr?: string;
  readonly id?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly fhirBase?: string;
  readonly class?: string;
}

interface Answers {
  readonly contract: string;
  readonly ehr: string;
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly fhirBase: string;
  readonly class: string;
}

const classes = ['simulator', 'vendor-sandbox', 'org-nonprod', 'production'] as const;

export function addInitCommand(program: Command, places: PackagePlaces): void {
  program
    .command('init [folder]')
    .description('Writes a contract and an organization file to start from. Asks on a terminal what no flag says.')
    .option('--contract <template>', 'shipped contract to extend')
    .option('--ehr <template>', 'shipped organization template to extend, or "none"')
    .option('--id <id>', 'short name of your organization, such as our-clinic')
    .option('--name <name>', 'its name in words')
    .option('--owner <address>', 'who owns the contract')
    .option('--fhir-base <url>', 'FHIR base address of the EHR')
    .addOption(
      new Option('--class <class>', 'kind of environment; what is not said is production').choices([...classes]),
    )
    .action(async (folder: string | undefined, flags: InitFlags) => {
      await runInit(folder ?? '.', flags, places);
    });
}

/** @throws ToolError when a value is missing off a terminal, a template is unknown, or a file exists already */
async function runInit(folder: string, flags: InitFlags, places: PackagePlaces): Promise<void> {
  const [{ mkdir, writeFile }, path, { shippedNames }, { stringify }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('../load/read-file.js'),
    import('yaml'),
  ]);
  const profilesFolder = new URL('profiles/', places.packageFolder);
  const contracts = await shippedNames('contracts', { profilesFolder });
  const templates = ['none', ...(await shippedNames('organizations', { profilesFolder }))];
  const answers = await ask(flags, contracts, templates);
  const contract = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'WorkflowContract',
    extends: answers.contract,
    metadata: { id: `${answers.id}-${answers.contract}`.slice(0, 64), owner: answers.owner, status: 'draft' },
  };
  const organization = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    ...(answers.ehr === 'none' ? {} : { extends: answers.ehr }),
    metadata: { id: answers.id, name: answers.name, decisionEnvironment: 'test' },
    operator: { party: 'buyer', who: answers.owner },
    environments: { test: { class: answers.class, fhirBase: answers.fhirBase } },
  };
  await mkdir(folder, { recursive: true });
  const files: [string, string, object][] = [
    ['contract.yaml', 'contract', contract],
    ['organization.yaml', 'organization', organization],
  ];
  for (const [file, schema, document] of files) {
    const text = `# yaml-language-server: $schema=./node_modules/ehr-scorecard/profiles/schemas/${schema}.schema.json\n${stringify(document)}`;
    await writeFile(path.join(folder, file), text, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw new ToolError(
        exists ? 'file-exists' : 'cannot-write',
        `${path.join(folder, file)} ${exists ? 'exists already and is left as it is' : 'cannot be written'}`,
        {
          next: 'Give another folder: ehr-scorecard init FOLDER.',
        },
      );
    });
  }
  process.stdout.write(
    [
      `Wrote ${path.join(folder, 'contract.yaml')} and ${path.join(folder, 'organization.yaml')}.`,
      'They load as they are: what nobody has decided yet is asked for, never failed.',
      'Some vendors’ terms forbid security tests or publishing results: look before you run against a vendor’s system.',
      '',
      `Next: ehr-scorecard lint ${path.join(folder, 'contract.yaml')} ${path.join(folder, 'organization.yaml')}`,
      `      ehr-scorecard run --contract ${path.join(folder, 'contract.yaml')} --organization ${path.join(folder, 'organization.yaml')}`,
      '',
    ].join('\n'),
  );
}

interface Question {
  readonly key: keyof Answers;
  readonly text: string;
  readonly fallback?: string;
  readonly fits: (value: string) => boolean;
  readonly accepted: string;
}

function questionsOf(contracts: readonly string[], templates: readonly string[]): Question[] {
  const oneOf = (names: readonly string[]) => ({
    fits: (value: string) => names.includes(value),
    accepted: names.join(', '),
  });
  const short = { fits: (value: string) => value.length > 0 && value.length <= 200, accepted: 'up to 200 characters' };
  return [
    { key: 'contract', text: 'Which workflow', fallback: 'scheduling-voice-bot', ...oneOf(contracts) },
    { key: 'ehr', text: 'Which EHR', fallback: 'none', ...oneOf(templates) },
    {
      key: 'id',
      text: 'Short name of your organization',
      fallback: 'our-clinic',
      fits: (value) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(value),
      accepted: 'letters, digits, "-" and "_", at most 40',
    },
    { key: 'name', text: 'Its name in words', fallback: 'Our Clinic', ...short },
    { key: 'owner', text: 'Who owns the contract (address)', fallback: 'owner@clinic.example', ...short },
    {
      key: 'fhirBase',
      text: 'FHIR base address',
      fits: (value) => /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(value),
      accepted: 'an http or https address',
    },
    { key: 'class', text: 'Kind of environment', fallback: 'production', ...oneOf(classes) },
  ];
}

/** Flags first; on a terminal what they leave open is asked, elsewhere it takes its default. */
async function ask(flags: InitFlags, contracts: readonly string[], templates: readonly string[]): Promise<Answers> {
  const { createInterface } = await import('node:readline/promises');
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const prompt = interactive ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  const answers: Partial<Record<keyof Answers, string>> = {};
  try {
    for (const question of questionsOf(contracts, templates)) {
      const { key, fallback, fits, accepted } = question;
      const value =
        flags[key] ?? (prompt === undefined ? fallback : await typed(question, (text) => prompt.question(text)));
      if (value !== undefined && fits(value)) {
        answers[key] = value;
        continue;
      }
      const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const fault = value === undefined ? `${flag} is missing` : `${flag} does not take "${value.slice(0, 60)}"`;
      throw new ToolError('init-value', fault, { next: `Accepted: ${accepted}.` });
    }
  } finally {
    prompt?.close();
  }
  return answers as Answers;
}

async function typed(question: Question, read: (text: string) => Promise<string>): Promise<string> {
  const { text, fallback, fits, accepted } = question;
  for (;;) {
    const line = (await read(`${text} (${accepted})?${fallback === undefined ? '' : ` [${fallback}]`} `)).trim();
    const value = line === '' ? fallback : line;
    if (value !== undefined && fits(value)) return value;
    process.stdout.write(`  accepted: ${accepted}\n`);
  }
}
