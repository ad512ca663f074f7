import { dirname } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { contractSchema, type Contract } from '../model/documents/contract.js';
import { ehrProfileSchema, type EhrProfile } from '../model/documents/ehr-profile.js';
import { normaliseContract } from '../model/documents/normalise.js';
import { organizationSchema, type OrganizationProfile } from '../model/documents/organization.js';
import type { Problem } from '../model/documents/problem.js';
import type { Span } from '../model/errors.js';
import { contractFaults, referenceFaults } from './contract-faults.js';
import { contractProblems } from './contract-problems.js';
import { DocumentError, type DocumentFault } from './document-fault.js';
import { mergeOver } from './extends.js';
import { organizationFaults, organizationProblems, secretProblems } from './organization-problems.js';
import { spanAt } from './problem-list.js';
import {
  documentText,
  readDocumentFile,
  readShipped,
  type FileBytes,
  type ProfileFolder,
  type ShippedFiles,
} from './read-file.js';
import { schemaFaults } from './schema-faults.js';
import { nodeAt, parseYaml, plainValue, walk, type LocatedNode } from './yaml-tree.js';

export interface LoadOptions extends ShippedFiles {
  /** Environment variables a reference may name besides `EHR_SCORECARD_…`. */
  readonly allowEnv?: readonly string[];
  /** A second folder for `file:` references. */
  readonly secretsFolder?: string;
  /** false leaves out what is judged later: `problems` stays empty, and nothing but the named files is looked at. */
  readonly judge?: boolean;
}

/** A document that can be used, with the place of everything in it. */
export interface LoadedDocument<T> {
  readonly value: T;
  /** File name the document was asked for by. */
  readonly name: string;
  /** Place of a JSON pointer (RFC 6901); of its nearest written ancestor when nothing stands there. */
  readonly span: (pointer: string) => Span;
  /** Pointers of values that came by `extends`: defaults, to be confirmed. */
  readonly inherited: ReadonlySet<string>;
  /** Bytes of every file read, by the name that finds them again as `inputs`. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  /** Text of every file read, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  readonly root: LocatedNode;
  readonly problems: readonly Problem[];
}

/**
 * A workflow contract with its short forms written out. @throws {DocumentError} what cannot be used at all
 * @throws {ToolError} the file itself cannot be read
 */
export async function loadContract(
  source: string | FileBytes,
  options: LoadOptions,
): Promise<LoadedDocument<Contract>> {
  const loaded = await loadDocument(source, 'contracts', contractSchema, options);
  const faults = contractFaults(loaded.value, loaded.root);
  const judged = options.judge === false ? undefined : await contractProblems(loaded.value, loaded.root);
  refuse([...faults, ...(judged?.faults ?? [])], loaded.sources);
  return { ...loaded, value: normaliseContract(loaded.value), problems: judged?.problems ?? [] };
}

/** An organization profile. Throws like `loadContract`. References are looked at, never resolved. */
export async function loadOrganization(
  source: string | FileBytes,
  options: LoadOptions,
): Promise<LoadedDocument<OrganizationProfile>> {
  const loaded = await loadDocument(source, 'organizations', organizationSchema, options);
  refuse(organizationFaults(loaded.value, loaded.root, options.allowEnv), loaded.sources);
  if (options.judge === false) return loaded;
  const names = organizationProblems(loaded.value, loaded.root);
  if (typeof source !== 'string') return { ...loaded, problems: names };
  const secrets = await secretProblems(loaded.root, { ...options, profileFolder: dirname(source) });
  refuse(secrets.faults, loaded.sources);
  return { ...loaded, problems: [...names, ...secrets.problems] };
}

/** What an EHR product documents. Throws like `loadContract`. */
export async function loadEhrProfile(
  source: string | FileBytes,
  options: LoadOptions,
): Promise<LoadedDocument<EhrProfile>> {
  const loaded = await loadDocument(source, 'ehr', ehrProfileSchema, options);
  refuse(referenceFaults(loaded.root), loaded.sources);
  return loaded;
}

export const documentKinds = ['WorkflowContract', 'OrganizationProfile', 'EhrProfile', 'Policy'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** What a file says it is. @throws {DocumentError} broken YAML, or no `kind` this tool knows */
export async function documentKind(source: string | FileBytes): Promise<DocumentKind> {
  const file = typeof source === 'string' ? await readDocumentFile(source) : source;
  const text = documentText(file);
  const sources = new Map([[file.name, text]]);
  const { root, faults } = parseYaml(text, file.name);
  refuse(faults, sources);
  const node = root && nodeAt(root, '/kind');
  const kind = documentKinds.find((each) => node?.kind === 'scalar' && node.value === each);
  if (kind !== undefined) return kind;
  const span = node?.span ?? { file: file.name, line: 1, column: 1 };
  const message = node === undefined ? 'the key "kind" is missing' : 'this kind of file is not known';
  throw new DocumentError(
    [{ code: 'unknown-kind', span, message, next: `Accepted: ${documentKinds.join(', ')}.` }],
    sources,
  );
}

/**
 * Any document by its schema, after `extends`. `folder` is where the templates of its kind are shipped.
 * @throws {DocumentError} broken YAML, an unsafe construct, or what the schema refuses
 */
export async function loadDocument<S extends TSchema>(
  source: string | FileBytes,
  folder: ProfileFolder,
  schema: S,
  options: LoadOptions,
): Promise<LoadedDocument<Static<S>>> {
  const file = typeof source === 'string' ? await readDocumentFile(source) : source;
  const sources = new Map<string, string>();
  const inputs = new Map<string, Uint8Array>();
  const parse = (bytes: FileBytes, inherited: boolean): LocatedNode => {
    const text = documentText(bytes);
    sources.set(bytes.name, text);
    inputs.set(bytes.name, bytes.bytes);
    const { root, faults } = parseYaml(text, bytes.name, inherited);
    refuse(faults, sources);
    if (root?.kind === 'map') return root;
    const span = root?.span ?? { file: bytes.name, line: 1, column: 1 };
    throw new DocumentError([{ code: 'wrong-type', span, message: 'a document is a map of keys and values' }], sources);
  };
  const own = parse(file, false);
  const wanted = nodeAt(own, '/extends');
  let root = own;
  if (wanted?.kind === 'scalar' && typeof wanted.value === 'string') {
    const template = await readShipped(folder, wanted.value, options);
    if ('known' in template) {
      const next = `${template.hint}Known: ${template.known.join(', ')}.`;
      const message = `nothing named "${wanted.value.slice(0, 64)}" ships with this tool`;
      throw new DocumentError(
        [{ code: 'unknown-template', span: wanted.span, message, next }, ...schemaFaults(schema, own)],
        sources,
      );
    }
    root = mergeOver(own, asTemplate(parse(template, true)));
  }
  refuse(schemaFaults(schema, root), sources);
  return {
    // Refused above unless it fits the schema.
    value: plainValue(root) as Static<S>,
    name: file.name,
    span: (pointer) => spanAt(root, pointer),
    inherited: new Set([...walk(root)].filter(({ node }) => node.inherited).map(({ pointer }) => pointer)),
    inputs,
    sources,
    root,
    problems: [],
  };
}

// Who a document belongs to and whether it was agreed is never inherited: nobody agreed to what they did not see.
const neverInherited = ['id', 'version', 'owner', 'clinicalSponsor', 'status', 'agreedOn', 'openQuestions'];

function asTemplate(template: LocatedNode): LocatedNode {
  if (template.kind !== 'map') return template;
  const entries = new Map(template.entries);
  const metadata = entries.get('metadata');
  if (metadata?.node.kind === 'map') {
    const rest = new Map(metadata.node.entries);
    for (const key of neverInherited) rest.delete(key);
    entries.set('metadata', { ...metadata, node: { ...metadata.node, entries: rest } });
  }
  return { ...template, entries };
}

function refuse(faults: readonly DocumentFault[], sources: ReadonlyMap<string, string>): void {
  const [first, ...rest] = faults;
  if (first !== undefined) throw new DocumentError([first, ...rest], sources);
}
