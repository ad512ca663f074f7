import { referencedId } from '../fhir/reference.js';
import type { MadeAccess, OwnRecord } from '../model/audit-access.js';
import { agentsOfBindings } from '../model/audit-agents.js';
import { recordQuality } from '../model/audit-record.js';
import { matchAudit } from '../model/audit-matching.js';
import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { aiSystemBinding } from '../model/subjects.js';

/** Facts a log answers, wherever it came from. */
export const logFacts = ['reads-in-log', 'writes-in-log', 'refusals-in-log'] as const;
type LogFact = (typeof logFacts)[number];
export type LogFacts = Readonly<Record<LogFact, FactValue<LogFact> | Missing>>;

export interface LogDocuments {
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  readonly environmentId: string;
}

/** The same reason for every fact a log would answer. */
export const withoutLog = (reason: Missing): LogFacts => ({
  'reads-in-log': reason,
  'writes-in-log': reason,
  'refusals-in-log': reason,
});

/** Why nothing can be matched at all, before any log is looked at. */
export function undecidedLog({ contract }: Pick<LogDocuments, 'contract'>): Missing | undefined {
  return contract.audit?.granularity === undefined
    ? missing(
        'undecided',
        'audit.granularity: security decides whether every exchange or every patient access is logged; default exchange',
      )
    : undefined;
}

/** Everything that was sent, matched with everything of ours the log holds. */
export function factsOfLog(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  documents: LogDocuments,
  source: FactValue<LogFact>['source'],
): LogFacts {
  const { contract, organization, environmentId } = documents;
  const undecided = undecidedLog(documents);
  if (undecided !== undefined) return withoutLog(undecided);
  const granularity = contract.audit?.granularity ?? 'exchange';
  const product =
    organization.aiSystem === undefined ? undefined : aiSystemBinding(contract, organization, environmentId)?.id;
  const matched = matchAudit(made, records, {
    granularity,
    ...(product === undefined ? {} : { productBinding: product }),
  });
  const fact = (group: keyof typeof matched): FactValue<LogFact> => {
    const { kinds, foundExamples, missingExamples, ...counts } = matched[group];
    return {
      source,
      granularity,
      ...counts,
      kinds: kinds.map((kind) => ({ ...kind })),
      foundExamples: [...foundExamples],
      missingExamples: [...missingExamples],
    };
  };
  return { 'reads-in-log': fact('reads'), 'writes-in-log': fact('writes'), 'refusals-in-log': fact('denied') };
}

/** Whom the log names for what each client of the run did. */
export function agentsOfLog(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  { organization }: Pick<LogDocuments, 'organization'>,
  { runId, source }: { readonly runId: string; readonly source: FactValue<LogFact>['source'] },
): FactValue<'agents-in-log'> {
  const people = (organization.contexts ?? []).flatMap(({ id: context, fhirUser }) => {
    const id = referencedId(fhirUser);
    return id === undefined ? [] : [{ context, id }];
  });
  return { source, bindings: agentsOfBindings(made, records, people, runId) };
}

/** What the records of the run say, and what they should not. */
export function qualityOfLog(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  { organization }: Pick<LogDocuments, 'organization'>,
  source: FactValue<LogFact>['source'],
): FactValue<'record-quality'> {
  const people = (organization.auth?.bindings ?? []).filter(({ flow }) => flow !== 'backend').map(({ id }) => id);
  return recordQuality(made, records, new Set(people), source);
}

/** True when nothing that was sent is missing from the log. */
export const isWhole = (facts: LogFacts): boolean =>
  logFacts.every((name) => {
    const fact = facts[name];
    return 'missing' in fact || fact.found === fact.expected;
  });
