import { readFile, stat } from 'node:fs/promises';
import { mergePolicies, policySchema, type PolicyDocument } from '../model/documents/policy.js';
import { ToolError } from '../model/errors.js';
import { entryText, policyOf, splitEntry, type Policy } from '../model/policy.js';
import { DocumentError, type DocumentFault } from './document-fault.js';
import { didYouMean, schemaFaults } from './schema-faults.js';
import { parseYaml, plainValue, walk, type LocatedNode } from './yaml-tree.js';

/** Policies that ship with the tool. */
export const shippedPolicies = ['pilot', 'scale'] as const;
const maxBytes = 1024 * 1024;

export interface PolicySources {
  /** `profiles/policies/` of the installed package. */
  readonly folder: URL;
  /** Ids of the checks this version has. */
  readonly checkIds: readonly string[];
}

export interface LoadedPolicy {
  readonly policy: Policy;
  /** Every file read, for the run folder: name without folder to bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface PolicyFile {
  readonly name: string;
  readonly text: string;
  readonly root: LocatedNode;
  readonly document: PolicyDocument;
}

function parse(bytes: Uint8Array, name: string): PolicyFile {
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  const { root, faults } = parseYaml(text, name);
  const [first, ...rest] = [...faults, ...(root === undefined ? [] : schemaFaults(policySchema, root))];
  const sources = new Map([[name, text]]);
  if (first !== undefined) throw new DocumentError([first, ...rest], sources);
  return { name, text, root: root!, document: plainValue(root!) as PolicyDocument };
}

function idFaults(file: PolicyFile, whole: PolicyDocument, checkIds: readonly string[]): DocumentFault[] {
  const absent = (whole.absent ?? []).map((one) => one.check);
  const known = new Set([...checkIds, ...absent]);
  const own = new Set((file.document.absent ?? []).map((one) => one.check));
  const named = [
    ...Object.values(file.document.questions ?? {}).flatMap((one) => [
      ...(one.deciding ?? []),
      ...(one.supporting ?? []),
    ]),
    ...(file.document.decision ?? []),
  ].map((entry) => splitEntry(entryText(entry)).check);
  const mentioned = new Set([
    ...named,
    ...(file.document.safetyBlockers ?? []).flat(),
    ...(file.document.rollout?.failsOn ?? []),
  ]);
  const faults: DocumentFault[] = [];
  for (const { node, pointer } of walk(file.root)) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') continue;
    const { check } = splitEntry(node.value);
    if (pointer.startsWith('/absent/')) {
      if (own.has(check) && checkIds.includes(check)) {
        const message = `"${check}" stands under absent, but this version has that check`;
        faults.push({ code: 'check-not-absent', span: node.span, message, next: 'Take it out of the list.' });
      }
    } else if (mentioned.has(check) && !known.has(check)) {
      const next = `${didYouMean(check, [...known])}An id must be one of \`checks list\` or stand under absent.`;
      faults.push({ code: 'unknown-check', span: node.span, message: `there is no check "${check}"`, next });
    }
  }
  return faults;
}

/**
 * A policy from the bytes of its files, own file first, then what it extends.
 * @throws DocumentError (exit 2) for broken YAML, an unknown key or check id, or an id under `absent` that exists
 */
export function policyFrom(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  checkIds: readonly string[],
  shipped: boolean,
): Policy {
  const parsed = files.map(({ name, bytes }) => parse(bytes, name));
  const whole = parsed.map(({ document }) => document).reduceRight((base, own) => mergePolicies(base, own));
  const [first, ...rest] = parsed.flatMap((file) => idFaults(file, whole, checkIds));
  if (first !== undefined) {
    throw new DocumentError([first, ...rest], new Map(parsed.map(({ name, text }) => [name, text])));
  }
  return policyOf(whole, shipped);
}

/** What the file says it extends, without judging the rest of it. */
export function policyExtends(bytes: Uint8Array, name: string): string | undefined {
  return parse(bytes, name).document.extends;
}

/**
 * A shipped policy by name, or a file of the user by path.
 * @throws ToolError (exit 2) when there is no such policy, or the file is no regular file of at most 1 MiB
 */
export async function loadPolicy(nameOrPath: string, sources: PolicySources): Promise<LoadedPolicy> {
  const isShipped = (name: string): boolean => shippedPolicies.some((one) => one === name);
  const shippedFile = async (name: string) => ({
    name: `policy-${name}.yaml`,
    bytes: await readFile(new URL(`${name}.yaml`, sources.folder)),
  });
  const own = isShipped(nameOrPath)
    ? await shippedFile(nameOrPath)
    : { name: 'policy.yaml', bytes: await userFile(nameOrPath) };
  const base = policyExtends(own.bytes, own.name);
  if (base !== undefined && !isShipped(base)) {
    throw new ToolError('unknown-policy', `the policy extends "${base}"; accepted: ${shippedPolicies.join(', ')}`);
  }
  const files = base === undefined ? [own] : [own, await shippedFile(base)];
  return {
    policy: policyFrom(files, sources.checkIds, isShipped(nameOrPath)),
    files: new Map(files.map(({ name, bytes }) => [name, bytes])),
  };
}

async function userFile(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new ToolError('unknown-policy', `there is no policy or file "${path}"`, {
      next: `Shipped policies: ${shippedPolicies.join(', ')}.`,
    });
  }
  if (!found.isFile() || found.size > maxBytes) {
    throw new ToolError('unreadable-policy', `"${path}" is no regular file of at most 1 MiB`);
  }
  return readFile(path);
}
