import type { OwnRecord } from '../model/audit-access.js';
import { parseDurationMs } from '../model/documents/duration.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { agentsOfLog, factsOfLog, isWhole, qualityOfLog, undecidedLog, type LogFacts } from './audit-facts.js';
import { auditEventSource, readAuditLog } from './audit-log.js';
import type { ProbeTools } from './probe.js';

/** A lag up to this long is waited for; a longer one is left to `collect`. */
const longestWaitMs = 60_000;
/** What was not found is looked for once more before it counts as missing. */
const secondLookMs = { simulator: 200, other: 10_000 };

export interface SettledLog {
  readonly facts: LogFacts;
  readonly agents: FactValue<'agents-in-log'>;
  readonly quality: FactValue<'record-quality'>;
  readonly records: readonly OwnRecord[];
  readonly exchanges: readonly string[];
}

/**
 * The run's own records out of the EHR's AuditEvents, after the agreed lag; read once in a run.
 * @throws ExchangeFault the log cannot be read
 */
export const settledLog = (tools: ProbeTools): Promise<SettledLog | Missing> =>
  tools.once('settled-log', () => readSettled(tools));

async function readSettled(tools: ProbeTools): Promise<SettledLog | Missing> {
  const { organization, contract, environment, environmentClass } = tools;
  const sources = organization.audit?.sources ?? [];
  const source = auditEventSource(organization) ?? sources.find(({ kind }) => kind === 'file');
  const undecided = undecidedLog({ contract });
  if (undecided !== undefined) return undecided;
  if (source === undefined) {
    return sources.length === 0
      ? missing('undecided', 'audit.sources: the EHR team says which log holds API access and how it is read')
      : missing('prerequisite-failed', 'the organization file says that there is no audit log');
  }
  const { accesses, run, tokens } = tools.made();
  const made = [...accesses];
  const dueMs = run.toMs + parseDurationMs(source.lag ?? contract.audit?.maxLag ?? 'PT0S');
  const waitMs = dueMs - tools.now().getTime();
  if (source.kind === 'file' || waitMs > longestWaitMs) {
    const due = Number.isFinite(dueMs) ? new Date(dueMs).toISOString() : 'after a run that sends something';
    return missing('not-yet', `the log is complete ${due}; bring it with: collect RUN --audit FILE`);
  }
  if (waitMs > 0) await tools.pause(waitMs);
  const planted = await tools.cases.planted();
  const secrets = { tokens, values: planted.filter(({ clinical }) => clinical === true).map(({ value }) => value) };
  const look = async (): Promise<SettledLog> => {
    const { records, exchanges } = await readAuditLog(tools.clients.audit, source, environment, run, secrets);
    return {
      facts: factsOfLog(made, records, tools, 'fhir-auditevent'),
      agents: agentsOfLog(made, records, tools, { runId: run.runId, source: 'fhir-auditevent' }),
      quality: qualityOfLog(made, records, tools, 'fhir-auditevent'),
      records,
      exchanges,
    };
  };
  const first = await look();
  if (isWhole(first.facts)) return first;
  await tools.pause(secondLookMs[environmentClass === 'simulator' ? 'simulator' : 'other']);
  const second = await look();
  return { ...second, exchanges: [...first.exchanges, ...second.exchanges] };
}
