import type { EhrProfile } from '../model/documents/ehr-profile.js';
import type { ExchangeLine } from '../model/evidence.js';
import type { BlockerClass } from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import { firstRemedy } from '../model/remedy.js';
import { rowText } from './answers.js';
import { reasonWords } from './reasons.js';
import { isApplicable, isOpen, type Row } from './rows.js';
import type { RemedyOwner } from '../model/check.js';

export interface AttributedRow extends Row {
  readonly blockedBy: string | null;
}

/** What lies above hides what lies below; product runs beside them. */
const layer: Readonly<Record<BlockerClass, number>> = {
  contract: 0,
  auth: 1,
  'ehr-configuration': 2,
  'ehr-capability': 2,
  'vendor-integration': 3,
  product: 3,
};

/** The class of a failure by what the exchanges of it say; otherwise the check's own. */
function classOf(
  row: Row,
  exchanges: ReadonlyMap<string, ExchangeLine>,
  profile: EhrProfile | undefined,
): BlockerClass {
  if (row.outcome !== 'fail') return row.blocks;
  const failures = row.judgements.filter((one) => one.outcome === 'fail');
  if (failures.some((one) => one.holder === 'product')) return 'vendor-integration';
  const ofTheEhr = row.blocks === 'ehr-configuration' || row.blocks === 'ehr-capability';
  if (!ofTheEhr && row.blocks !== 'auth') return row.blocks;
  const statuses = failures.flatMap((one) => one.exchanges.map((id) => exchanges.get(id)?.status));
  const standing = profile?.facts?.find((fact) => fact.check === row.check)?.standing;
  if (standing === 'documented-absent') return 'ehr-capability';
  if (statuses.includes(401)) return 'auth';
  if (ofTheEhr && statuses.some((status) => status === 404 || status === 405 || status === 501)) {
    return standing === 'documented' ? 'ehr-configuration' : 'ehr-capability';
  }
  return row.blocks;
}

/** Rows with their class after re-attribution and the row further up that hides them. */
export function attributed(
  rows: readonly Row[],
  exchanges: ReadonlyMap<string, ExchangeLine>,
  profile: EhrProfile | undefined,
): AttributedRow[] {
  const classed = rows.map((row) => ({ ...row, blocks: classOf(row, exchanges, profile) }));
  const broken = classed
    .filter((row) => row.outcome === 'fail' || (isOpen(row) && row.reason !== 'prerequisite-failed'))
    .sort(
      (a, b) =>
        Number(a.outcome !== 'fail') - Number(b.outcome !== 'fail') ||
        layer[a.blocks] - layer[b.blocks] ||
        compareCodeUnits(a.check, b.check),
    );
  return classed.map((row) => {
    if (row.outcome !== 'not-measured' || row.reason !== 'prerequisite-failed') return { ...row, blockedBy: null };
    const named = row.judgements
      .map((one) => one.data['prerequisite'])
      .find((id) => broken.some((one) => one.check === id));
    const above = broken.find((one) => layer[one.blocks] <= layer[row.blocks] && one.check !== row.check);
    return { ...row, blockedBy: (named as string | undefined) ?? above?.check ?? null };
  });
}

export interface NextAction {
  readonly class: BlockerClass;
  readonly row: AttributedRow;
  readonly unlocks: readonly string[];
  readonly owner: RemedyOwner;
  readonly effort: 'low' | 'medium' | 'high';
  readonly action: string;
}

const effortWeight = { low: 1, medium: 2, high: 3 } as const;

/** Three next actions: failures first, then what unlocks most for its effort, then by layer. */
export function nextActions(rows: readonly AttributedRow[]): NextAction[] {
  const candidates = rows.filter(
    (row) =>
      row.definition !== undefined &&
      isApplicable(row) &&
      row.blockedBy === null &&
      (row.outcome === 'fail' ? row.severity !== 'minor' : isOpen(row) && row.severity === 'blocker'),
  );
  return candidates
    .map((row): NextAction => {
      const unlocks = rows.filter((one) => one.blockedBy === row.check).map((one) => one.check);
      const remedy = firstRemedy(row.blocks, row.definition!.remedy);
      const words = row.reason === null ? undefined : reasonWords[row.reason];
      return {
        class: row.blocks,
        row,
        unlocks: [...new Set(unlocks)].sort(compareCodeUnits),
        owner: words?.owner ?? remedy?.owner ?? 'operator',
        effort: row.outcome === 'fail' ? (remedy?.effort ?? 'medium') : 'low',
        action: row.outcome === 'fail' ? (remedy?.text ?? rowText(row)) : rowText(row),
      };
    })
    .sort(
      (a, b) =>
        Number(a.row.outcome !== 'fail') - Number(b.row.outcome !== 'fail') ||
        (b.unlocks.length + 1) * effortWeight[a.effort] - (a.unlocks.length + 1) * effortWeight[b.effort] ||
        layer[a.class] - layer[b.class] ||
        compareCodeUnits(a.row.check, b.row.check),
    )
    .slice(0, 3);
}
