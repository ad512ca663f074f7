import { auditMappingSchema, type AuditMapping } from '../model/documents/audit-mapping.js';
import { ToolError } from '../model/errors.js';
import { DocumentError } from './document-fault.js';
import { documentText, readDocumentFile } from './read-file.js';
import { didYouMean, schemaFaults } from './schema-faults.js';
import { parseYaml, plainValue } from './yaml-tree.js';

/** Mappings that ship with the tool. */
export const shippedMappings = ['access-log-csv', 'auditevent-ndjson'] as const;

/**
 * A shipped mapping by name, or a file of the user by path.
 * @throws DocumentError, ToolError (exit 2) when there is none, or it is not a mapping
 */
export async function loadAuditMapping(nameOrPath: string, profilesFolder: URL): Promise<AuditMapping> {
  const shipped = shippedMappings.find((name) => name === nameOrPath);
  if (shipped === undefined && !/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    throw new ToolError('unknown-mapping', `there is no audit mapping "${nameOrPath.slice(0, 60)}"`, {
      next: `${didYouMean(nameOrPath, shippedMappings)}Shipped: ${shippedMappings.join(', ')}; or give a file, such as ./mapping.yaml.`,
    });
  }
  const file = await readDocumentFile(
    shipped === undefined ? nameOrPath : new URL(`audit-mappings/${shipped}.yaml`, profilesFolder),
    nameOrPath,
  );
  const text = documentText(file);
  const { root, faults } = parseYaml(text, file.name);
  const [first, ...rest] = [...faults, ...(root === undefined ? [] : schemaFaults(auditMappingSchema, root))];
  if (first !== undefined || root === undefined) {
    if (first === undefined) throw new ToolError('not-a-mapping', `${file.name} holds no mapping`);
    throw new DocumentError([first, ...rest], new Map([[file.name, text]]));
  }
  return plainValue(root) as AuditMapping;
}
