import { type Command, Option } from 'commander';
import type { ExitCode } from '../model/errors.js';
import { type AiSystemName, namesForDemo } from '../sandbox/ai-systems/names.js';
import type { PackagePlaces } from './main.js';
import { addRunFlags, type RunFlags } from './run.js';

interface DemoFlags extends RunFlags {
  readonly aiSystem: AiSystemName | 'none';
  readonly deviation: readonly string[];
}

export function addDemoCommand(program: Command, places: PackagePlaces, exit: (code: ExitCode) => void): void {
  const command = program
    .command('demo')
    .description('The whole path on the embedded EHR: a scheduling voice bot, a synthetic clinic, the scorecard.')
    .addOption(
      new Option('--ai-system <name>', 'the product on trial').choices([...namesForDemo, 'none']).default('integrated'),
    )
    .option('--deviation <id...>', 'lets the EHR misbehave in one named way', []);
  addRunFlags(command, 'all').action(async (flags: DemoFlags) => {
    exit(await runDemo(flags, places));
  });
}

/** Sandbox, AI system and run in one command; the sandbox, its keys and the AI system are gone afterwards. */
async function runDemo(flags: DemoFlags, places: PackagePlaces): Promise<ExitCode> {
  const [{ conductRun }, { openDemo }] = await Promise.all([import('./conduct-run.js'), import('./demo-sandbox.js')]);
  const demo = await openDemo(flags.aiSystem, flags.deviation);
  try {
    return await conductRun(flags, { contract: 'scheduling-voice-bot', organization: demo.organizationFile }, places);
  } finally {
    await demo.close();
  }
}
