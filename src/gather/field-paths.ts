import type { Resource } from 'fhir/r4.js';
import type { Model } from 'fhirpath';

const absentReasonUrl = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

export interface FieldReading {
  readonly state: 'present' | 'absent' | 'absent-with-reason' | 'empty';
  /** Values found, for comparing codes and units; dropped with the probe. */
  readonly values: readonly unknown[];
}

type Evaluate = (resource: Resource) => readonly unknown[];

/**
 * Compiles the field paths of a contract once. FHIRPath runs on resources already read and never makes a call of its own:
 * functions that would are refused when the contract is loaded (safety rule 4).
 */
export async function compileFields(
  paths: readonly string[],
): Promise<Map<string, (resource: Resource) => FieldReading>> {
  const { default: fhirpath } = await import('fhirpath');
  const { default: model } = await import('fhirpath/fhir-context/r4/index.js');
  const compiled = new Map<string, (resource: Resource) => FieldReading>();
  for (const path of paths) {
    let evaluate: Evaluate;
    try {
      evaluate = fhirpath.compile(path, model as unknown as Model, { async: false }) as Evaluate;
    } catch {
      continue;
    }
    compiled.set(path, (resource) => read(evaluate, resource));
  }
  return compiled;
}

function read(evaluate: Evaluate, resource: Resource): FieldReading {
  let values: readonly unknown[];
  try {
    values = evaluate(resource);
  } catch {
    return { state: 'absent', values: [] };
  }
  if (values.length === 0) {
    return { state: JSON.stringify(resource).includes(absentReasonUrl) ? 'absent-with-reason' : 'absent', values: [] };
  }
  if (values.every((value) => typeof value === 'string' && value.trim() === '')) return { state: 'empty', values };
  const reasons = values.filter((value) => JSON.stringify(value)?.includes(absentReasonUrl));
  return { state: reasons.length === values.length ? 'absent-with-reason' : 'present', values };
}
