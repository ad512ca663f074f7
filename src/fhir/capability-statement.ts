import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { sha256Hex } from '../model/chain.js';
import { compareCodeUnits } from '../model/order.js';

/** What a server declares about one resource type. */
export interface DeclaredType {
  readonly type: string;
  readonly interactions: readonly string[];
  readonly searchParameters: readonly string[];
  readonly operations: readonly string[];
  readonly versioning: string | null;
  readonly conditionalCreate: boolean;
  readonly updateCreate: boolean;
  readonly supportedProfiles: readonly string[];
}

export interface DeclaredServer {
  readonly fhirVersion: string | null;
  readonly software: string | null;
  readonly softwareVersion: string | null;
  /** `implementation.description`. */
  readonly implementation: string | null;
  /** `transaction`, `batch` and their like. */
  readonly interactions: readonly string[];
  /** Operations on the whole system. */
  readonly operations: readonly string[];
  /** Versions of US Core named anywhere in the statement, such as `6.1.0`. */
  readonly usCoreVersions: readonly string[];
  /** Topic-based subscriptions by the R4 backport: https://hl7.org/fhir/uv/subscriptions-backport/ */
  readonly topicSubscriptions: boolean;
  readonly types: readonly DeclaredType[];
}

const most = 500;
const backport = /^https?:\/\/hl7\.org\/fhir\/uv\/subscriptions-backport\//;

/**
 * Reads the part of a CapabilityStatement a client depends on, its elements checked one by one; `undefined` when it is none.
 * Every text is cut to 200 characters, every list to 500 entries.
 * https://hl7.org/fhir/R4/capabilitystatement.html
 */
export function readCapabilityStatement(resource: Resource | undefined): DeclaredServer | undefined {
  if (resource?.resourceType !== 'CapabilityStatement') return undefined;
  const statement = resource as CapabilityStatement;
  const server = listOf(statement.rest).find((rest) => rest.mode === 'server') ?? listOf(statement.rest)[0];
  const types = listOf(server?.resource).map((each) => ({
    type: textOf(each.type) ?? '',
    interactions: codes(each.interaction, 'code'),
    searchParameters: codes(each.searchParam, 'name'),
    operations: codes(each.operation, 'name'),
    versioning: textOf(each.versioning) ?? null,
    conditionalCreate: each.conditionalCreate === true,
    updateCreate: each.updateCreate === true,
    supportedProfiles: [...listOf(each.supportedProfile), each.profile]
      .map(textOf)
      .filter((text) => text !== undefined),
  }));
  const named = [
    ...listOf(statement.implementationGuide),
    ...listOf(statement.instantiates),
    ...types.flatMap((type) => type.supportedProfiles),
  ];
  const versions = named.flatMap(
    (text) =>
      /^https?:\/\/(?:www\.)?hl7\.org\/fhir\/us\/core\/[^|]*\|(\d+\.\d+[^|]{0,20})$/.exec(textOf(text) ?? '')?.[1] ??
      [],
  );
  return {
    fhirVersion: textOf(statement.fhirVersion) ?? null,
    software: textOf(statement.software?.name) ?? null,
    softwareVersion: textOf(statement.software?.version) ?? null,
    implementation: textOf(statement.implementation?.description) ?? null,
    interactions: codes(server?.interaction, 'code'),
    operations: codes(server?.operation, 'name'),
    usCoreVersions: [...new Set(versions)].slice(0, 10),
    topicSubscriptions:
      listOf(statement.instantiates).some((text) => backport.test(text)) ||
      listOf(server?.resource).some((each) => listOf(each.extension).some(({ url }) => backport.test(url))),
    types: types.filter(({ type }) => type !== ''),
  };
}

/** SHA-256 of what a statement declares, whatever its order and its date. */
export function statementDigest(declared: DeclaredServer): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((each) => JSON.stringify(sorted(each))).sort(compareCodeUnits);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).sort(([a], [b]) => compareCodeUnits(a, b));
    return members.map(([name, each]) => [name, sorted(each)]);
  };
  return sha256Hex(JSON.stringify(sorted(declared)));
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]).filter((each) => each !== null).slice(0, most) : [];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;

function codes<Name extends string>(entries: readonly { [N in Name]?: unknown }[] | undefined, name: Name): string[] {
  return listOf(entries).flatMap((entry) => textOf(entry[name]) ?? []);
}
