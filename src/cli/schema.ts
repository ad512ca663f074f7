import type { Command } from 'commander';
import { ToolError } from '../model/errors.js';

/** Documents whose JSON Schema ships as `profiles/schemas/NAME.schema.json` and is printed by `schema NAME`. */
export const schemaNames = [
  'contract',
  'organization',
  'ehr-profile',
  'policy',
  'audit-mapping',
  'witness-sheet',
  'ai-log',
  'scorecard',
] as const;
export type SchemaName = (typeof schemaNames)[number];

const schemas: Readonly<Record<SchemaName, () => Promise<object>>> = {
  contract: async () => (await import('../model/documents/contract.js')).contractSchema,
  organization: async () => (await import('../model/documents/organization.js')).organizationSchema,
  'ehr-profile': async () => (await import('../model/documents/ehr-profile.js')).ehrProfileSchema,
  policy: async () => (await import('../model/documents/policy.js')).policySchema,
  'audit-mapping': async () => (await import('../model/documents/audit-mapping.js')).auditMappingSchema,
  'witness-sheet': async () => (await import('../model/documents/witness-sheet.js')).witnessSheetSchema,
  'ai-log': async () => (await import('../model/documents/ai-log.js')).aiLogLineSchema,
  scorecard: async () => (await import('../model/scorecard.js')).scorecardSchema,
};

/** The JSON Schema (draft 7) of one kind of document, as text with a line break at the end. */
export async function schemaText(name: SchemaName): Promise<string> {
  return `${JSON.stringify(await schemas[name](), undefined, 2)}\n`;
}

export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .argument('[name]', schemaNames.join(', '), 'contract')
    .description('Prints the JSON Schema of a file people write, or of scorecard.json.')
    .action(async (name: string) => {
      const known = schemaNames.find((each) => each === name);
      if (known === undefined) {
        throw new ToolError('unknown-schema', `There is no schema "${name.slice(0, 60)}".`, {
          next: `Known: ${schemaNames.join(', ')}.`,
        });
      }
      process.stdout.write(await schemaText(known));
    });
}
