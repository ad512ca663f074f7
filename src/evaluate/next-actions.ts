import type { RemedyOwner } from '../model/check.js';
import type { Contract } from '../model/documents/contract.js';
import type { BlockerClass } from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import { firstRemedy, likelyOwner } from '../model/remedy.js';
import type { Scorecard } from '../model/scorecard.js';
import { rowText } from './answers.js';
import { layer, type AttributedRow } from './blockers.js';
import { exchangesOf } from './check-entry.js';
import { reasonWords } from './reasons.js';
import { isApplicable, isOpen } from './rows.js';
import type { ScoreInput } from './score-input.js';

type NextAction = Scorecard['blockers'][number];

const effortWeight = { low: 1, medium: 2, high: 3 } as const;
const mostActions = 3;

/** Of a run that was cut short: it ended before it came to it. */
const isNotGathered = (row: AttributedRow): boolean => row.reason === 'not-gathered';
/** The run was never to come to it. */
const isUnselected = (row: AttributedRow): boolean => row.reason === 'not-selected';

interface Candidate {
  readonly row: AttributedRow;
  readonly unlocks: readonly string[];
  /** Blockers it unlocks, itself among them. */
  readonly blockers: number;
  readonly owner: RemedyOwner;
  readonly effort: NextAction['effort'];
  readonly action: string;
}

function candidateOf(row: AttributedRow, rows: readonly AttributedRow[]): Candidate {
  const hidden = rows.filter((one) => one.blockedBy === row.check);
  const blockers = [row, ...hidden].filter((one) => one.severity === 'blocker');
  const failed = row.outcome === 'fail';
  const remedy = firstRemedy(row.blocks, row.definition?.remedy ?? []);
  const reason = row.reason === null ? undefined : reasonWords[row.reason];
  const { owner: first, because } = row.attribution;
  return {
    row,
    unlocks: [...new Set(hidden.map((one) => one.check))].sort(compareCodeUnits),
    blockers: new Set(blockers.map((one) => one.check)).size,
    owner: first ?? reason?.owner ?? remedy?.owner ?? 'operator',
    effort: first !== undefined || !failed ? 'low' : (remedy?.effort ?? 'medium'),
    action:
      first !== undefined && because !== null
        ? 'Compare binding, credentials and paths of the organization file with what the AI system uses.'
        : failed
          ? (remedy?.text ?? rowText(row))
          : rowText(row),
  };
}

/** Everything a run that was cut short did not come to is one action, under the first of its checks. */
function ranOut(row: AttributedRow, neverMade: readonly AttributedRow[], rows: readonly AttributedRow[]): Candidate {
  const others = rows.filter((one) => isNotGathered(one) && one.check !== row.check);
  return {
    ...candidateOf(row, rows),
    unlocks: [...new Set(others.map(({ check }) => check))].sort(compareCodeUnits),
    blockers: new Set(neverMade.map(({ check }) => check)).size,
    action: 'Run it again to its end: what it did not come to was neither shown nor found wanting.',
  };
}

/**
 * Three next actions: failures first, as nothing else changes a No-go while one stands; then by blockers unlocked for the
 * effort, then by layer.
 */
export function nextActions(
  rows: readonly AttributedRow[],
  exchangesById: ScoreInput['exchangesById'],
  complete: boolean,
): NextAction[] {
  const open = rows.filter(
    (row) =>
      row.definition !== undefined &&
      isApplicable(row) &&
      row.blockedBy === null &&
      !isUnselected(row) &&
      (row.outcome === 'fail' ? row.severity !== 'minor' : isOpen(row) && row.severity === 'blocker'),
  );
  const neverMade = complete ? [] : open.filter(isNotGathered);
  return [
    ...open.filter((row) => !neverMade.includes(row)).map((row) => candidateOf(row, rows)),
    ...neverMade.slice(0, 1).map((row) => ranOut(row, neverMade, rows)),
  ]
    .sort(
      (a, b) =>
        Number(a.row.outcome !== 'fail') - Number(b.row.outcome !== 'fail') ||
        b.blockers * effortWeight[a.effort] - a.blockers * effortWeight[b.effort] ||
        layer[a.row.blocks] - layer[b.row.blocks] ||
        compareCodeUnits(a.row.check, b.row.check),
    )
    .slice(0, mostActions)
    .map(({ row, unlocks, blockers, owner, effort, action }) => {
      const { because, exchanges } = row.attribution;
      const cited = row.judgements.flatMap((one) => (one.outcome === row.outcome ? one.exchanges : []));
      return {
        class: row.blocks,
        check: row.check,
        outcome: row.outcome,
        unlocks: [...unlocks],
        blockersUnlocked: blockers,
        owner,
        // What was not shown lies with whoever can show it.
        liesWith: row.attribution.owner ?? (row.outcome === 'fail' ? likelyOwner(row.blocks) : owner),
        because,
        effort,
        action,
        exchanges: exchangesOf([...new Set([...exchanges, ...cited])], exchangesById),
      };
    });
}

type Direction = NonNullable<Scorecard['direction']>;

const isStatic = (row: AttributedRow): boolean =>
  row.definition?.kind === 'static' && (row.blocks === 'contract' || row.blocks === 'product');
const ofClass = (name: BlockerClass) => (row: AttributedRow) => row.blocks === name;

/**
 * Product or integration: what has to be settled first. Null where nothing failed and nothing is open. Of a run that was cut
 * short only what failed counts: the rest may be open for no other reason. Then, and where checks were left out, nothing is
 * called settled.
 */
export function directionOf(rows: readonly AttributedRow[], contract: Contract, complete: boolean): Direction | null {
  const open = rows.filter(
    (row) =>
      row.definition !== undefined &&
      isApplicable(row) &&
      row.severity !== 'minor' &&
      (row.outcome === 'fail' || (complete && isOpen(row))),
  );
  const unsettled = open.filter((row) => !isUnselected(row));
  const said = (first: Direction['first'], of: (row: AttributedRow) => boolean, sentence: string): Direction => ({
    first,
    sentence,
    checks: [...new Set(unsettled.filter(of).map(({ check }) => check))].sort(compareCodeUnits),
  });
  if (unsettled.some(isStatic)) {
    const alone = contract.intent?.boundary?.valueWithoutEhr === true;
    const there = alone ? ' The contract says there is value without the EHR: prove it there.' : '';
    const sentence = `Tighten product and contract first; the EHR vendor is not the main blocker.${there}`;
    return said('product-and-contract', isStatic, sentence);
  }
  if (unsettled.some(ofClass('auth'))) {
    return said('auth', ofClass('auth'), 'Product and contract stand as they are written; auth path first.');
  }
  if (!complete || unsettled.length < open.length) return null;
  const integration = 'Product, contract and auth path are settled; what is left is integration.';
  return unsettled.length === 0 ? null : said('integration', () => true, integration);
}
