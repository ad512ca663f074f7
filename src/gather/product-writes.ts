import { groupOf, ownClientOfProduct, type MadeAccess, type OwnRecord } from '../model/audit-access.js';
import { assignRecords } from '../model/audit-assignment.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { mostProductWrites } from '../model/facts/product-log.js';
import { aiSystemBinding } from '../model/subjects.js';
import type { LogDocuments } from './audit-facts.js';
import { isOwnArrangement } from './product-log.js';

const writing: readonly (string | undefined)[] = ['create', 'update', 'delete', 'operation'];

/** What the AI system's client wrote according to the EHR's log, and the tool did not send. */
export function productWrites(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  { contract, organization, environmentId }: LogDocuments,
  source: FactValue<'writes-of-product'>['source'],
): FactValue<'writes-of-product'> | Missing {
  const binding = aiSystemBinding(contract, organization, environmentId)?.id;
  if (organization.aiSystem === undefined || binding === undefined)
    return missing('no-ai-system', 'aiSystem is not in the organization file');
  const sent = made.filter((access) => groupOf(access) === 'writes');
  // A log may write a thing down twice; what the tool did stays the tool's.
  const isTools = (record: OwnRecord): boolean =>
    record.object !== undefined &&
    sent.some(
      ({ object, kind, version }) =>
        object === record.object &&
        (record.kind === undefined || record.kind === kind) &&
        (record.version === undefined || version === undefined || record.version === version),
    );
  const seen = new Set<string>();
  const isAgain = ({ kind, object, version }: OwnRecord): boolean => {
    if (object === undefined || version === undefined) return false;
    const key = JSON.stringify([kind, object, version]);
    const again = seen.has(key);
    seen.add(key);
    return again;
  };
  const writes = assignRecords(made, records).left.filter(
    (record) =>
      (record.bindings.includes(binding) || record.bindings.includes(ownClientOfProduct)) &&
      record.requestIds.length === 0 &&
      record.failed !== true &&
      writing.includes(record.kind) &&
      !isOwnArrangement(record.of) &&
      !isTools(record) &&
      !isAgain(record),
  );
  if (writes.length > mostProductWrites)
    return missing('too-many', `the log holds more than ${mostProductWrites} writes of the product`);
  const [from, to] = [Math.min(...made.map(({ fromMs }) => fromMs)), Math.max(...made.map(({ toMs }) => toMs))];
  return {
    source,
    from: instantOf(from),
    to: instantOf(to),
    writes: writes.map(({ atMs, kind, of, object, version, othersRequests = [] }) => ({
      at: instantOf(atMs),
      ...(kind === undefined ? {} : { kind }),
      ...(of === undefined ? {} : { of }),
      ...(object === undefined ? {} : { object }),
      ...(version === undefined ? {} : { version }),
      requests: [...othersRequests],
    })),
  };
}

const instantOf = (ms: number): string => new Date(Number.isFinite(ms) ? ms : 0).toISOString();
