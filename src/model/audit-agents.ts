import { groupOf, runDigest, type MadeAccess, type OwnRecord } from './audit-access.js';
import { assignRecords } from './audit-assignment.js';
import type { FactValue } from './fact.js';
import { compareCodeUnits } from './order.js';

/** A person of the organization file, by the logical id under which the EHR knows them. */
export interface KnownPerson {
  readonly context: string;
  readonly id: string;
}

/** Whom a log names for what each client of the run did. Refusals and sign-ins are left out: who asked may be unknown. */
export function agentsOfBindings(
  made: readonly MadeAccess[],
  records: readonly OwnRecord[],
  people: readonly KnownPerson[],
  runId: string,
): FactValue<'agents-in-log'>['bindings'] {
  const { found } = assignRecords(made, records);
  const byBinding = new Map<string, string[][]>();
  for (const [access, { record }] of found) {
    const group = groupOf(access);
    if (access.binding === undefined || (group !== 'reads' && group !== 'writes')) continue;
    const seen = byBinding.get(access.binding) ?? [];
    seen.push([...(record.agents ?? [])]);
    byBinding.set(access.binding, seen);
  }
  return [...byBinding]
    .sort(([a], [b]) => compareCodeUnits(a, b))
    .map(([binding, seen]) => {
      const ever = new Set(seen.flat());
      return {
        binding,
        records: seen.length,
        agents: seen.reduce((always, here) => always.filter((agent) => here.includes(agent))).sort(compareCodeUnits),
        people: people.filter(({ id }) => ever.has(runDigest(runId, id))).map(({ context }) => context),
      };
    });
}
