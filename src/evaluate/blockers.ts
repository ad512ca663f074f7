import type { BlockerClass } from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import { attributionOf, type Surroundings } from './attribution.js';
import type { Attribution } from './attribution-rules.js';
import { isOpen, type Row } from './rows.js';

export interface AttributedRow extends Row {
  readonly attribution: Attribution;
  readonly blockedBy: string | null;
}

/** What lies above hides what lies below; product runs beside them. */
export const layer: Readonly<Record<BlockerClass, number>> = {
  contract: 0,
  auth: 1,
  'ehr-configuration': 2,
  'ehr-capability': 2,
  'vendor-integration': 3,
  product: 3,
};

/** Rows with their class after re-attribution and the row further up that hides them. */
export function attributed(rows: readonly Row[], around: Surroundings): AttributedRow[] {
  const classed = rows.map((row) => {
    const attribution = attributionOf(row, around);
    return { ...row, attribution, blocks: attribution.class };
  });
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
