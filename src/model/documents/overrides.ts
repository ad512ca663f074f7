import { Check } from 'typebox/value';
import { contractSchema, type Contract, type ContractAction, type OverridePoint } from './contract.js';
import { durationPattern, parseDurationMs } from './duration.js';
import type { OrganizationProfile } from './organization.js';
import { overrideSteps, replaceAt, type OverrideStep } from './override-path.js';

export interface OverrideFinding {
  readonly code: 'override-not-declared' | 'override-not-allowed' | 'override-missing';
  readonly path: string;
  /** Where it stands: the organization's `/overrides/…`, or the contract's `/overrides/N/path` for a missing value. */
  readonly document: 'contract' | 'organization';
  readonly pointer: string;
}

export interface AppliedOverrides {
  /** The contract with every allowed override and default put in place. */
  readonly contract: Contract;
  /** What `{{values.x}}` stands for; several values are alternatives of one search parameter. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /** Override points where the contract's default is used because the organization says nothing. */
  readonly defaults: readonly string[];
  readonly findings: readonly OverrideFinding[];
}

/** The contract as this organization runs it. An override that is not declared or not allowed changes nothing. */
export function applyOverrides(contract: Contract, organization: OrganizationProfile): AppliedOverrides {
  const points = contract.overrides ?? [];
  const given = new Map(Object.entries(organization.overrides ?? {}));
  const findings: OverrideFinding[] = [];
  const values: Record<string, string | readonly string[]> = {};
  const defaults: string[] = [];
  let effective: Contract = contract;
  for (const path of given.keys()) {
    if (!points.some((point) => point.path === path)) {
      findings.push({ code: 'override-not-declared', path, document: 'organization', pointer: pointerTo(path) });
    }
  }
  for (const [index, point] of points.entries()) {
    const { path } = point;
    const stated = given.get(path);
    if (stated !== undefined && !isAllowed(point, stated)) {
      findings.push({ code: 'override-not-allowed', path, document: 'organization', pointer: pointerTo(path) });
      continue;
    }
    if (stated === undefined && point.mandatory === true) {
      findings.push({ code: 'override-missing', path, document: 'contract', pointer: `/overrides/${index}/path` });
    }
    const value = stated ?? point.default;
    if (value === undefined) continue;
    if (stated === undefined) defaults.push(path);
    const steps = overrideSteps(path) ?? [];
    const name = valueName(steps);
    const next = name === undefined ? withValue(effective, steps, value) : effective;
    // What has no `allowed` may be of any kind, but never of one the contract could not hold.
    const fits = name === undefined ? Check(contractSchema, next) : isTexts(value);
    if (!fits) {
      const document = stated === undefined ? 'contract' : 'organization';
      const pointer = stated === undefined ? `/overrides/${index}/path` : pointerTo(path);
      findings.push({ code: 'override-not-allowed', path, document, pointer });
      continue;
    }
    effective = next;
    if (name !== undefined && isTexts(value)) values[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return { contract: effective, values, defaults, findings };
}

/** Whether the contract allows this value at this override point; `same` and `codeSystem` are for a person to judge. */
export function isAllowed({ allowed }: OverridePoint, value: unknown): boolean {
  if (allowed === undefined) return true;
  if (Array.isArray(allowed)) {
    const choices: readonly unknown[] = allowed;
    return Array.isArray(value) ? value.every((item) => choices.includes(item)) : choices.includes(value);
  }
  if (allowed.heldBy !== undefined) {
    const holders: readonly unknown[] = allowed.heldBy;
    return holdersIn(value).every((holder) => holders.includes(holder));
  }
  const size = sizeOf(value);
  const withinMin = allowed.min === undefined || (size !== undefined && size >= (sizeOf(allowed.min) ?? Infinity));
  return withinMin && (allowed.max === undefined || (size !== undefined && size <= (sizeOf(allowed.max) ?? -Infinity)));
}

// A holder is written as a word, as one control, or as several controls by name.
function holdersIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return 'heldBy' in value ? [value.heldBy] : Object.values(value).flatMap(holdersIn);
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && new RegExp(durationPattern).test(value) ? parseDurationMs(value) : undefined;
}

/** `visitType` of `values.visitType`. */
function valueName(steps: readonly OverrideStep[]): string | undefined {
  const [first, second] = steps;
  if (first === undefined || second === undefined || !('key' in first) || !('key' in second)) return undefined;
  return first.key === 'values' ? second.key : undefined;
}

type Text = string | number;

function isTexts(value: unknown): value is Text | Text[] {
  const isText = (item: unknown): item is Text => typeof item === 'string' || typeof item === 'number';
  return Array.isArray(value) ? value.every(isText) : isText(value);
}

function withValue(contract: Contract, steps: readonly OverrideStep[], value: unknown): Contract {
  const last = steps.at(-1);
  const name = last !== undefined && 'key' in last ? last.key : undefined;
  if (name === 'noReview' && typeof value === 'string') {
    // `allowed` keeps the signed exception; anything else takes it away, and the review is to be decided.
    if (value === 'allowed') return contract;
    return replaceAt(contract, steps.slice(0, -1), (action) => {
      const { noReview: _, ...rest } = action as ContractAction;
      return { ...rest, review: rest.review ?? { required: true } };
    }) as Contract;
  }
  return replaceAt(contract, steps, (old) => {
    if (typeof value !== 'string' || typeof old !== 'object' || old === null) return value;
    if ('heldBy' in old) return { ...old, heldBy: value };
    if (name !== 'controls') return value;
    return Object.fromEntries(
      Object.entries(old).map(([key, control]) => [key, { ...(control as object), heldBy: value }]),
    );
  }) as Contract;
}

function pointerTo(path: string): string {
  return `/overrides/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
