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
  const [{ mkdir, writeFile }, { join }, { shippedNames }, { stringify }] = await Promise.all([
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
    await writeFile(join(folder, file), text, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw new ToolError(
        exists ? 'file-exists' : 'cannot-write',
        `${join(folder, file)} ${exists ? 'exists already and is left as it is' : 'cannot be written'}`,
        {
          next: 'Give another folder: ehr-scorecard init FOLDER.',
        },
      );
    });
  }
  process.stdout.write(
    [
      `Wrote ${join(folder, 'contract.yaml')} and ${join(folder, 'organization.yaml')}.`,
      'They load as they are: what nobody has decided yet is asked for, never failed.',
      'Some vendors’ terms forbid security tests or publishing results: look before you run against a vendor’s system.',
      '',
      `Next: ehr-scorecard lint ${join(folder, 'contract.yaml')} ${join(folder, 'organization.yaml')}`,
      `      ehr-scorecard run --contract ${join(folder, 'contract.yaml')} --organization ${join(folder, 'organization.yaml')}`,
      '',
    ].join('\n'),
  );
}

async function ask(flags: InitFlags, contracts: readonly string[], templates: readonly string[]): Promise<Answers> {
  const questions: [keyof Answers, string, string | undefined, ((value: string) => boolean) | undefined, string][] = [
    [
      'contract',
      `Which workflow (${contracts.join(', ')})?`,
      'scheduling-voice-bot',
      (value) => contracts.includes(value),
      contracts.join(', '),
    ],
    ['ehr', `Which EHR (${templates.join(', ')})?`, 'none', (value) => templates.includes(value), templates.join(', ')],
    [
      'id',
      'Short name of your organization?',
      'our-clinic',
      (value) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(value),
      'letters, digits, "-" and "_", at most 40',
    ],
    ['name', 'Its name in words?', 'Our Clinic', (value) => value.length > 0 && value.length <= 200, 'a name'],
    [
      'owner',
      'Who owns the contract (address)?',
      'owner@clinic.example',
      (value) => value.length > 0 && value.length <= 200,
      'an address',
    ],
    [
      'fhirBase',
      'FHIR base address?',
      undefined,
      (value) => /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(value),
      'an http or https address',
    ],
    [
      'class',
      `Kind of environment (${classes.join(', ')})?`,
      'production',
      (value) => (classes as readonly string[]).includes(value),
      classes.join(', '),
    ],
  ];
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const { createInterface } = await import('node:readline/promises');
  const prompt = interactive ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  const answers: Partial<Record<keyof Answers, string>> = {};
  try {
    for (const [key, question, fallback, fits, accepted] of questions) {
      let value = flags[key];
      while (value === undefined && prompt !== undefined) {
        const typed = (await prompt.question(`${question}${fallback === undefined ? '' : ` [${fallback}]`} `)).trim();
        const given = typed === '' ? fallback : typed;
        if (given !== undefined && (fits?.(given) ?? true)) value = given;
        else process.stdout.write(`  accepted: ${accepted}\n`);
      }
      value ??= fallback;
      if (value === undefined || !(fits?.(value) ?? true)) {
        const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
        throw new ToolError(
          'init-value',
          value === undefined ? `${flag} is missing` : `${flag} does not take "${value.slice(0, 60)}"`,
          {
            next: `Accepted: ${accepted}.`,
          },
        );
      }
      answers[key] = value;
    }
  } finally {
    prompt?.close();
  }
  return answers as Answers;
}
