import { clockToleranceMs } from './audit-access.js';
import type { FactValue } from './fact.js';
import { logElements, type LogElement } from './facts/product-log.js';

type Recorded = FactValue<'writes-of-product'>['writes'][number];
type Logged = FactValue<'product-log'>['writes'][number];

/** The product's own log against the EHR's, write by write. */
export interface Reconciled {
  /** Writes the EHR's log holds. */
  readonly writes: number;
  readonly matched: number;
  /** In the EHR, and in no line of the product's log. */
  readonly unexplained: readonly Recorded[];
  /** In the EHR, and later than anything in the product's log, which was exported before. */
  readonly afterItsEnd: number;
  /** Lines of writes the EHR knows nothing of. */
  readonly unconfirmed: readonly Logged[];
  /** Matched by type and time alone: the EHR's record says no more. */
  readonly vague: number;
  /** The line names another version than the EHR made. */
  readonly otherVersion: number;
  readonly elements: readonly { readonly element: LogElement; readonly due: number; readonly present: number }[];
}

type Fits = (record: Recorded, line: Logged) => boolean;

const near: Fits = (record, line) => Math.abs(Date.parse(record.at) - Date.parse(line.at)) <= clockToleranceMs;
const sameRequest: Fits = ({ requests }, { request }) => request !== undefined && requests.includes(request);
const sameObject: Fits = (record, line) => record.object !== undefined && record.object === line.object;
const sameVersion: Fits = (record, line) =>
  sameObject(record, line) && record.version !== undefined && record.version === line.version;
const alike: Fits = (record, line) =>
  (record.object === undefined || line.object === undefined) &&
  (record.requests.length === 0 || line.request === undefined) &&
  (record.of === undefined || record.of === line.of) &&
  near(record, line);

/** The surest pairs first: a vague record must not take the place of an exact one. */
const rounds: readonly { readonly fits: Fits; readonly vague?: true }[] = [
  { fits: sameRequest },
  { fits: sameVersion },
  { fits: (record, line) => sameObject(record, line) && near(record, line) },
  { fits: alike, vague: true },
];

/** Gives each record one line at most and each line one record. Pure. */
export function reconcile(ehr: FactValue<'writes-of-product'>, product: FactValue<'product-log'>): Reconciled {
  let records = [...ehr.writes];
  let lines = [...product.writes];
  const pairs: { readonly record: Recorded; readonly line: Logged; readonly vague: boolean }[] = [];
  for (const { fits, vague = false } of rounds) {
    records = records.filter((record) => {
      const line = nearest(
        record,
        lines.filter((each) => fits(record, each)),
      );
      if (line === undefined) return true;
      pairs.push({ record, line, vague });
      lines = lines.filter((each) => each !== line);
      return false;
    });
  }
  const during = ({ at }: { readonly at: string }): boolean => at >= ehr.from && at <= ehr.to;
  const open = records.filter(during);
  const late = ({ at }: Recorded): boolean =>
    product.source === 'file' && (product.until === null || at > product.until);
  const unexplained = open.filter((record) => !late(record));
  const isDue = (element: LogElement, { unknown }: Logged): boolean => element !== 'version' || !unknown;
  return {
    writes: pairs.length + open.length,
    matched: pairs.length,
    unexplained,
    afterItsEnd: open.length - unexplained.length,
    // What never got an answer may never have arrived.
    unconfirmed: lines.filter((line) => during(line) && !line.unknown),
    vague: pairs.filter((pair) => pair.vague).length,
    otherVersion: pairs.filter(
      ({ record, line }) =>
        record.version !== undefined && line.version !== undefined && record.version !== line.version,
    ).length,
    elements: logElements.map((element) => {
      const due = pairs.filter(({ line }) => isDue(element, line));
      return { element, due: due.length, present: due.filter(({ line }) => line.says.includes(element)).length };
    }),
  };
}

function nearest(record: Recorded, lines: readonly Logged[]): Logged | undefined {
  const away = (line: Logged): number => Math.abs(Date.parse(line.at) - Date.parse(record.at));
  return lines.reduce<Logged | undefined>(
    (best, line) => (best === undefined || away(line) < away(best) ? line : best),
    undefined,
  );
}
