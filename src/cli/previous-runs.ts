import { evaluate } from '../evaluate/engine.js';
import { readRunFolder } from '../load/run-folder.js';
import { acceptedAccess } from '../model/accepted-access.js';
import type { AnyCheck } from '../model/check.js';
import { isMissing, type FactValue } from '../model/fact.js';
import { compareCodeUnits } from '../model/order.js';
import { subjectsOf } from '../model/subjects.js';
import type { PackagePlaces } from './main.js';
import { recordedDocuments } from './score-run.js';

export type PreviousRun = FactValue<'previous-runs'>[number];

/**
 * What earlier runs found, from their folders alone, judged by the checks of this version; oldest first.
 * @throws ToolError (exit 2) for a folder that is none, or whose chain is broken
 */
export async function readPreviousRuns(
  folders: readonly string[],
  checks: readonly AnyCheck[],
  places: PackagePlaces,
): Promise<PreviousRun[]> {
  const runs: PreviousRun[] = [];
  for (const folder of folders) runs.push(await readPrevious(folder, checks, places));
  return runs.sort((a, b) => compareCodeUnits(a.startedAt, b.startedAt) || compareCodeUnits(a.runId, b.runId));
}

async function readPrevious(folder: string, checks: readonly AnyCheck[], places: PackagePlaces): Promise<PreviousRun> {
  const run = await readRunFolder(folder);
  const { organization, effective: contract } = await recordedDocuments(run, places);
  const { environment, runId, startedAt } = run.header;
  const subjects = subjectsOf({ contract, organization: organization.value, environmentId: environment.id });
  const results = evaluate(checks, subjects, run.facts, { startedAt });
  const lastValue = (kind: string): unknown => {
    const value = run.facts.findLast((fact) => fact.kind === kind)?.value;
    return isMissing(value) ? undefined : value;
  };
  const statement = lastValue('capability-statement') as { sha256?: unknown } | undefined;
  const accepted = lastValue('accepted-requests');
  return {
    runId,
    startedAt,
    evidenceSha256: run.evidenceHead,
    contractId: contract.metadata.id,
    contractVersion: contract.metadata.version ?? null,
    organizationId: organization.value.metadata.id,
    environmentId: environment.id,
    environmentClass: environment.class,
    resourceTypes: [...new Set((contract.resources ?? []).map(({ type }) => type))].sort(compareCodeUnits),
    ...acceptedAccess(contract, Array.isArray(accepted) ? accepted.filter((shape) => typeof shape === 'string') : []),
    statementSha256: typeof statement?.sha256 === 'string' ? statement.sha256 : null,
    outcomes: Object.fromEntries(results.map(({ check, outcome }) => [check.id, outcome])),
  };
}
