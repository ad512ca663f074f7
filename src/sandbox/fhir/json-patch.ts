import { applyPatch, type Operation } from 'rfc6902';
import { problem } from './problem.js';

const mostOperations = 200;
const largestResultCharacters = 1_000_000;
const kinds = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/**
 * The patched copy of a resource. Throws FhirProblem 400 when the body is not a JSON Patch, 422 when an operation cannot
 * be applied, a `test` fails or the result is too large. Source: https://www.rfc-editor.org/rfc/rfc6902
 */
export function patched(resource: object, body: unknown): unknown {
  if (!Array.isArray(body) || body.length === 0 || body.length > mostOperations) {
    throw problem(400, 'structure', `A JSON Patch is a list of 1 to ${mostOperations} operations`);
  }
  const document: unknown = structuredClone(resource);
  body.forEach((operation: unknown, position) => {
    const at = `operation[${position}]`;
    if (!isOperation(operation)) throw problem(400, 'structure', 'Not an operation of RFC 6902', at);
    const [fault] = applyPatch(document, [operation]);
    if (fault) {
      const failedTest = operation.op === 'test';
      const why = failedTest ? 'The test failed' : 'The operation does not fit the resource';
      throw problem(422, failedTest ? 'business-rule' : 'processing', why, `${at} ${operation.path.slice(0, 200)}`);
    }
    // Copies of copies double each time.
    if (operation.op === 'copy' && JSON.stringify(document).length > largestResultCharacters) {
      throw problem(422, 'too-long', 'The patched resource is too large', at);
    }
  });
  return document;
}

function isOperation(operation: unknown): operation is Operation {
  if (typeof operation !== 'object' || operation === null) return false;
  const { op, path, from, value } = operation as Readonly<Record<string, unknown>>;
  return (
    typeof op === 'string' &&
    kinds.includes(op) &&
    isPointer(path) &&
    (op !== 'move' && op !== 'copy' ? true : isPointer(from)) &&
    (['add', 'replace', 'test'].includes(op) ? value !== undefined : true)
  );
}

/** Never the whole document, and never a name that leads to a prototype. */
function isPointer(pointer: unknown): pointer is string {
  return (
    typeof pointer === 'string' &&
    pointer.startsWith('/') &&
    !pointer.split('/').some((step) => ['__proto__', 'prototype', 'constructor'].includes(step))
  );
}
