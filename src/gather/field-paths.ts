import { createContext, Script } from 'node:vm';
import type { Resource } from 'fhir/r4.js';
import type { Model } from 'fhirpath';
import { ExchangeFault } from './request.js';

const absentReasonUrl = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

export interface FieldReading {
  readonly state: 'present' | 'absent' | 'absent-with-reason' | 'empty';
  /** Values found, for comparing codes and units; dropped with the probe. */
  readonly values: readonly unknown[];
}

type Evaluate = (resource: Resource) => readonly unknown[];

/** A pattern and a string can be made for each other so that matching takes years (safety rule 4). */
const longestEvaluationMs = 250;

/**
 * Compiles the field paths of a contract once. FHIRPath runs on resources already read and never makes a call of its own:
 * functions that would are refused when the contract is loaded (safety rule 4).
 * The readers throw ExchangeFault `expression-timeout` after 250 ms.
 */
export async function compileFields(
  paths: readonly string[],
): Promise<Map<string, (resource: Resource) => FieldReading>> {
  const { default: fhirpath } = await import('fhirpath');
  const { default: model } = await import('fhirpath/fhir-context/r4/index.js');
  const calls = new TimedCalls();
  const compiled = new Map<string, (resource: Resource) => FieldReading>();
  for (const path of paths) {
    let evaluate: Evaluate;
    try {
      evaluate = fhirpath.compile(path, model as unknown as Model, { async: false }) as Evaluate;
    } catch {
      continue;
    }
    compiled.set(path, (resource) => read(calls, evaluate, resource));
  }
  return compiled;
}

/** Calls back, and ends what runs too long in this thread, also inside a regular expression. */
class TimedCalls {
  readonly #shared: { evaluate: () => unknown } = { evaluate: () => undefined };
  readonly #context = createContext(this.#shared);
  readonly #call = new Script('evaluate()');

  /** @throws ExchangeFault `expression-timeout`, and whatever `evaluate` throws */
  run<Value>(evaluate: () => Value): Value {
    this.#shared.evaluate = evaluate;
    try {
      return this.#call.runInContext(this.#context, { timeout: longestEvaluationMs }) as Value;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new ExchangeFault(
        'expression-timeout',
        `an expression of the contract took longer than ${longestEvaluationMs} ms on one resource`,
        undefined,
      );
    }
  }
}

function read(calls: TimedCalls, evaluate: Evaluate, resource: Resource): FieldReading {
  let values: readonly unknown[];
  try {
    values = calls.run(() => evaluate(resource));
  } catch (error) {
    if (error instanceof ExchangeFault) throw error;
    return { state: 'absent', values: [] };
  }
  if (values.length === 0) {
    return { state: JSON.stringify(resource).includes(absentReasonUrl) ? 'absent-with-reason' : 'absent', values: [] };
  }
  if (values.every((value) => typeof value === 'string' && value.trim() === '')) return { state: 'empty', values };
  const reasons = values.filter((value) => JSON.stringify(value)?.includes(absentReasonUrl));
  return { state: reasons.length === values.length ? 'absent-with-reason' : 'present', values };
}
