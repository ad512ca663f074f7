import type { Command } from 'commander';
import type { AnyCheck } from '../model/check.js';
import { ToolError } from '../model/errors.js';
import type { PackagePlaces } from './main.js';

interface ChecksFlags {
  readonly json?: true;
}

// Both commands stay light: the checks themselves import no schema library, no FHIRPath and no YAML.
export function addChecksCommand(program: Command, places: PackagePlaces): void {
  const checks = program.command('checks').description('The checks of this version.');
  checks
    .command('list')
    .description('Every check with its severity and title.')
    .option('--json', 'print as JSON')
    .action(async (flags: ChecksFlags) => {
      const all = await catalog(places);
      const width = Math.max(0, ...all.map((check) => check.id.length));
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(all.map(described), null, 2)}\n`
          : all.map((check) => `${check.id.padEnd(width)}  ${check.severity.padEnd(7)}  ${check.title}\n`).join(''),
      );
    });
  checks
    .command('explain <id>')
    .description('What a check asks, sends and advises.')
    .option('--json', 'print as JSON')
    .action(async (id: string, flags: ChecksFlags) => {
      const check = named(id, await catalog(places));
      process.stdout.write(flags.json === true ? `${JSON.stringify(described(check), null, 2)}\n` : explained(check));
    });
}

async function catalog(places: PackagePlaces): Promise<AnyCheck[]> {
  const { loadChecks } = await import('./check-catalog.js');
  return loadChecks(places.checksFolder);
}

function named(id: string, all: readonly AnyCheck[]): AnyCheck {
  const found = all.find((check) => check.id === id);
  if (found !== undefined) return found;
  const family = all.filter((check) => check.id.split('.')[0] === id.split('.')[0]).map((check) => check.id);
  throw new ToolError('unknown-check', `there is no check "${id.slice(0, 80)}"`, {
    next: family.length > 0 ? `Of this family: ${family.join(', ')}.` : 'See `ehr-scorecard checks list`.',
  });
}

/** Everything but the functions, with the messages it can say. */
const described = (check: AnyCheck) => ({
  id: check.id,
  ruleVersion: check.ruleVersion ?? 1,
  kind: check.kind,
  severity: check.severity,
  blocks: check.blocks,
  title: check.title,
  failureTitle: check.failureTitle,
  plain: check.plain,
  why: check.why,
  sends: check.sends,
  ask: check.ask,
  writes: check.writes,
  subjects: check.subjects,
  reads: check.reads,
  optional: check.optional ?? [],
  messages: check.messages,
  remedy: check.remedy,
  references: check.references,
  maps: check.maps ?? [],
});

function explained(check: AnyCheck): string {
  const remedies = check.remedy.map(({ owner, effort, text }) => `  ${owner}, ${effort} effort: ${text}`);
  const messages = Object.entries(check.messages).map(([id, { kind, text }]) => `  ${id} (${kind}): ${text}`);
  const writes = { none: 'writes nothing', one: 'needs --writes one', all: 'needs --writes all' }[check.writes];
  return `${[
    `${check.id}  ${check.severity}, ${check.kind}, ${writes}`,
    check.title,
    '',
    check.plain,
    check.why,
    '',
    `Sends and observes: ${check.sends}`,
    '',
    `Ask (${check.ask.of}): ${check.ask.text}`,
    '',
    'Can say:',
    ...messages,
    '',
    'What to do:',
    ...remedies,
    '',
    ...(check.maps === undefined ? [] : [`Bears on: ${check.maps.join(', ')}`]),
    ...check.references,
  ].join('\n')}\n`;
}
