import type { ConditionName, PolicyDocument, PolicyEntry, RowPart } from './documents/policy.js';
import type { NotMeasuredReason, Severity } from './outcome.js';
import { questionIds, type QuestionId } from './scorecard.js';

/** One check of a policy, or a part of its subjects, with everything the policy says of it. */
export interface PolicyRow {
  readonly check: string;
  readonly part: RowPart | null;
  /** Overrides the check's own. */
  readonly severity: Severity | undefined;
  readonly ifNone: NotMeasuredReason | undefined;
  /** Where `ifNone` holds; undefined: everywhere. */
  readonly if: ConditionName | undefined;
  readonly decides: readonly QuestionId[];
  readonly supports: readonly QuestionId[];
}

export interface AbsentCheck {
  readonly check: string;
  readonly severity: Severity;
  readonly if: ConditionName | undefined;
}

export interface Policy {
  readonly id: string;
  readonly version: string;
  /** Ships with the tool; another one is printed as "custom policy". */
  readonly shipped: boolean;
  readonly rows: readonly PolicyRow[];
  readonly absent: readonly AbsentCheck[];
  /** Named, but in no denominator. */
  readonly later: readonly string[];
  /** Groups of which one has to be settled; most hold one id. */
  readonly safetyBlockers: readonly (readonly string[])[];
  readonly rollout: PolicyDocument['rollout'];
}

/** `scope.role[product]` in its two halves. */
export function splitEntry(text: string): { check: string; part: RowPart | null } {
  const [check = '', part] = text.replace(']', '').split('[');
  return { check, part: (part as RowPart | undefined) ?? null };
}

export const entryText = (entry: PolicyEntry): string => (typeof entry === 'string' ? entry : entry.check);

/** A policy document, `extends` already resolved, as the scoring uses it: one row per check and part. */
export function policyOf(document: PolicyDocument, shipped: boolean): Policy {
  const rows = new Map<string, PolicyRow>();
  const add = (entry: PolicyEntry, question?: QuestionId, deciding = false) => {
    const text = entryText(entry);
    const said: Exclude<PolicyEntry, string> = typeof entry === 'string' ? { check: entry } : entry;
    const row = rows.get(text) ?? {
      ...splitEntry(text),
      severity: undefined,
      ifNone: undefined,
      if: undefined,
      decides: [],
      supports: [],
    };
    rows.set(text, {
      ...row,
      severity: said.severity ?? row.severity,
      ifNone: said.ifNone ?? row.ifNone,
      if: said.if ?? row.if,
      decides: question !== undefined && deciding ? [...row.decides, question] : row.decides,
      supports: question !== undefined && !deciding ? [...row.supports, question] : row.supports,
    });
  };
  for (const question of questionIds) {
    for (const entry of document.questions?.[question]?.deciding ?? []) add(entry, question, true);
    for (const entry of document.questions?.[question]?.supporting ?? []) add(entry, question);
  }
  for (const entry of document.decision ?? []) add(entry);
  const absent = document.absent ?? [];
  return {
    id: document.metadata.id,
    version: document.metadata.version,
    shipped,
    rows: [...rows.values()],
    absent: absent.filter((one) => one.later !== true).map((one) => ({ ...one, if: one.if })),
    later: absent.filter((one) => one.later === true).map((one) => one.check),
    safetyBlockers: (document.safetyBlockers ?? []).map((one) => (typeof one === 'string' ? [one] : one)),
    rollout: document.rollout,
  };
}
