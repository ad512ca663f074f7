import { closest, distance } from 'fastest-levenshtein';
import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Check, Errors } from 'typebox/value';
import { referenceTargetWords, referenceWords } from '../model/documents/parts.js';
import type { DocumentFault } from './document-fault.js';
import { nodeAt, plainValue, pointerSteps, type LocatedNode } from './yaml-tree.js';

// The library stops after 8 errors by itself; a file is small and bounded, and a person wants to see all of them.
Settings.Set({ maxErrors: 2_000 });

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** Everything in the tree that the schema refuses, each at its own place, with the nearest known name where one is close. */
export function schemaFaults(schema: TSchema, root: LocatedNode): DocumentFault[] {
  const value = plainValue(root);
  if (Check(schema, value)) return [];
  // Each unknown key is an error of its own (`boolean`); the summary of its map says nothing more.
  const errors = (Errors(schema, value) as SchemaError[]).filter(({ keyword }) => keyword !== 'additionalProperties');
  const faults = withoutOtherBranches(errors, root).flatMap((error) => faultsOf(error, schema as JsonSchema, root));
  // A misspelt required key is one mistake, not two.
  const misspelt = new Set(faults.map((fault) => (fault.meant === undefined ? '' : `${fault.at}/${fault.meant}`)));
  const shown = faults
    .filter((fault) => fault.missing === undefined || !misspelt.has(`${fault.at}/${fault.missing}`))
    .map(({ code, span, message, next }) => ({ code, span, message, ...(next !== undefined && { next }) }));
  // What does not fit never loads, whatever the library says of it.
  return shown.length > 0
    ? shown
    : [{ code: 'wrong-value', span: root.span, message: 'this document does not fit its schema' }];
}

/**
 * A value that fits no branch of a union is an error in each branch; only what is wrong in the branch the person most
 * likely meant is kept: the one of the value's own type with the fewest errors.
 */
function withoutOtherBranches(errors: readonly SchemaError[], root: LocatedNode): SchemaError[] {
  let kept = [...errors];
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  for (const union of unions.sort((a, b) => a.schemaPath.length - b.schemaPath.length)) {
    if (!kept.includes(union)) continue;
    const inUnion = (error: SchemaError): boolean =>
      error !== union &&
      error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`) &&
      (error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`));
    const branches = new Map<number, SchemaError[]>();
    for (const error of kept.filter(inUnion)) {
      const branch = Number.parseInt(error.schemaPath.slice(`${union.schemaPath}/anyOf/`.length), 10);
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const candidates = [...branches.values()].filter(
      (branch) => !branch.some((error) => isWrongKind(error, union.instancePath, root)),
    );
    const [meant] = candidates.sort((a, b) => a.length - b.length);
    kept = kept.filter((error) => (error === union ? meant === undefined : !inUnion(error) || meant?.includes(error)));
  }
  return kept;
}

function isWrongKind(error: SchemaError, instancePath: string, root: LocatedNode): boolean {
  if (error.instancePath === instancePath) return ['type', 'const', 'enum'].includes(error.keyword);
  // {by: person} against a request template: the discriminating key decides.
  return error.keyword === 'const' && nodeAt(root, error.instancePath) !== undefined;
}

interface KeyFault extends DocumentFault {
  readonly at?: string;
  readonly missing?: string;
  readonly meant?: string;
}

function faultsOf(error: SchemaError, rootSchema: JsonSchema, root: LocatedNode): KeyFault[] {
  const schema = schemaAt(rootSchema, error.schemaPath);
  const node = nodeAt(root, error.instancePath);
  if (node === undefined) return [];
  const { span } = node;
  switch (error.keyword) {
    case 'boolean':
      return [unknownKey(error, rootSchema, root)];
    case 'required':
      return (error.params as { requiredProperties: string[] }).requiredProperties.map((key) => ({
        code: 'missing-key',
        span: { ...span, length: 1 },
        at: error.instancePath,
        missing: key,
        message: `the key "${key}" is missing here`,
        next: acceptedSentence(schemaAt(schema, `#/properties/${key}`)),
      }));
    case 'type':
      return [wrongType(schema, node)];
    case 'enum': {
      const accepted = (error.params as { allowedValues: unknown[] }).allowedValues.map(String);
      return [notOneOf(accepted, node)];
    }
    case 'const':
      return [notOneOf([String((error.params as { allowedValue: unknown }).allowedValue)], node)];
    default:
      return [
        {
          code: schema['description'] === referenceTargetWords ? 'bad-reference' : 'wrong-value',
          span,
          message: `this value must be ${acceptedWords(schema)}`,
        },
      ];
  }
}

function unknownKey(error: SchemaError, rootSchema: JsonSchema, root: LocatedNode): KeyFault {
  const schema = schemaAt(rootSchema, error.schemaPath.replace(/\/additionalProperties$/, ''));
  const at = error.instancePath.slice(0, error.instancePath.lastIndexOf('/'));
  const key = pointerSteps(error.instancePath).at(-1) ?? '';
  const map = nodeAt(root, at);
  const span = (map?.kind === 'map' && map.entries.get(key)?.keySpan) || root.span;
  const known = Object.keys((schema['properties'] as object | undefined) ?? {});
  if (known.length === 0) return { code: 'unknown-key', span, message: `the key "${key}" is not accepted here` };
  const meant = nearestName(key, known);
  return {
    code: 'unknown-key',
    span,
    message: `unknown key "${key}"`,
    at,
    ...(meant !== undefined && { meant }),
    next: `${didYouMean(key, known)}Known keys here: ${known.join(', ')}.`,
  };
}

function wrongType(schema: JsonSchema, node: LocatedNode): DocumentFault {
  const seen = kindWords(node);
  if (schema['description'] === referenceWords && node.kind === 'scalar' && node.value !== null) {
    return {
      code: 'literal-secret',
      span: node.span,
      message: 'a secret is written out here; only a reference is accepted',
      next: 'Write {ref: env:EHR_SCORECARD_NAME} or {ref: file:relative/path}, and change the secret: it was in a file.',
    };
  }
  const quotes = schema['type'] === 'string' && node.kind === 'scalar' && node.value !== null;
  return {
    code: 'wrong-type',
    span: node.span,
    message: `this is ${seen}, but must be ${acceptedWords(schema)}`,
    ...(quotes && { next: `Put it in quotes: "${String(node.value)}".` }),
  };
}

function notOneOf(accepted: readonly string[], node: LocatedNode): DocumentFault {
  const seen = node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
  return {
    code: 'wrong-value',
    span: node.span,
    message: `${seen === undefined ? 'this' : `"${seen.slice(0, 60)}"`} is not accepted here`,
    next: `${seen === undefined ? '' : didYouMean(seen, accepted)}Accepted: ${accepted.join(', ')}.`,
  };
}

/** `Did you mean "x"?  ` when one of the names is near, else nothing. */
export function didYouMean(seen: string, names: readonly string[]): string {
  const nearest = nearestName(seen, names);
  return nearest === undefined ? '' : `Did you mean "${nearest}"?  `;
}

function nearestName(seen: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || seen.length > 100) return undefined;
  const nearest = closest(seen, names);
  const allowed = Math.max(2, Math.floor(nearest.length / 3));
  return distance(seen.toLowerCase(), nearest.toLowerCase()) <= allowed ? nearest : undefined;
}

function kindWords(node: LocatedNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string' ? 'a text' : `a ${typeof node.value}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function acceptedWords(schema: JsonSchema): string {
  if (typeof schema['description'] === 'string') return schema['description'];
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].join(', ')}`;
  if (Array.isArray(schema['anyOf'])) {
    return [...new Set(schema['anyOf'].map((branch) => acceptedWords(branch as JsonSchema)))].join(' or ');
  }
  if ('const' in schema) return JSON.stringify(schema['const']);
  const bounds = boundWords(schema);
  return (typeWords[String(schema['type'])] ?? 'another value') + (bounds === '' ? '' : ` ${bounds}`);
}

function boundWords(schema: JsonSchema): string {
  const words: readonly (readonly [string, string])[] = [
    ['minimum', 'of at least'],
    ['exclusiveMinimum', 'above'],
    ['maximum', 'of at most'],
    ['exclusiveMaximum', 'below'],
    ['minLength', 'with a length of at least'],
    ['maxLength', 'with a length of at most'],
    ['minItems', 'with a number of entries of at least'],
    ['maxItems', 'with a number of entries of at most'],
  ];
  return words
    .filter(([key]) => key in schema)
    .map(([key, phrase]) => `${phrase} ${String(schema[key])}`)
    .join(' and ');
}

function acceptedSentence(schema: JsonSchema): string {
  return `It must be ${acceptedWords(schema)}.`;
}

function schemaAt(schema: JsonSchema, schemaPath: string): JsonSchema {
  let at: unknown = schema;
  for (const step of pointerSteps(schemaPath.replace(/^#/, ''))) {
    at = typeof at === 'object' && at !== null ? (at as JsonSchema)[step] : undefined;
  }
  return (at as JsonSchema | undefined) ?? {};
}
