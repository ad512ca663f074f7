import { parseJson } from '../fhir/json.js';
import { maxFileBytes } from './read-file.js';
import { parseYaml, plainValue } from './yaml-tree.js';

/** The value of a text somebody else wrote, JSON or YAML, within the bounds of safety rule 40; undefined for what is neither. */
export function structuredText(text: string): unknown {
  const parsed = parseJson(new TextEncoder().encode(text));
  if ('value' in parsed) return parsed.value;
  if (parsed.problem === 'too-deep' || text.length > maxFileBytes) return undefined;
  const { root, faults } = parseYaml(text, 'routes');
  return root === undefined || faults.length > 0 ? undefined : plainValue(root);
}
