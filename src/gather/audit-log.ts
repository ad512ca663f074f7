import { readAuditContent } from '../fhir/audit-record-content.js';
import { readAuditEvent } from '../fhir/audit-event.js';
import type { Resource } from 'fhir/r4.js';
import {
  ownClientOfProduct,
  ownRecord,
  type MadeAccess,
  type OwnRecord,
  type RunIdentity,
} from '../model/audit-access.js';
import type { LogSecrets } from '../model/audit-record.js';
import type { Environment, OrganizationProfile } from '../model/documents/organization.js';
import type { Client } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { mostPages, searchsetOf } from './result-pages.js';

type AuditSource = NonNullable<NonNullable<OrganizationProfile['audit']>['sources']>[number];

/** Asked for on one page; a server may give fewer. https://hl7.org/fhir/R4/search.html#count */
const pageSize = 1_000;

/** The log that is asked through the EHR's own API, where there is one. */
export const auditEventSource = (organization: OrganizationProfile): AuditSource | undefined =>
  (organization.audit?.sources ?? []).find(({ kind }) => kind === 'fhir-auditevent');

/** Who the run was, from its documents and what it sent. */
export function runIdentity(options: {
  readonly runId: string;
  readonly organization: OrganizationProfile;
  readonly accesses: readonly MadeAccess[];
  readonly bindingsOf: RunIdentity['bindingsOf'];
}): RunIdentity {
  const { runId, organization, accesses, bindingsOf } = options;
  const aliases = new Map((organization.testData?.patients ?? []).map(({ id, alias }) => [id, alias]));
  const used = new Set(accesses.map(({ binding }) => binding));
  return {
    runId,
    aliasOf: (patientId) => aliases.get(patientId),
    bindingsOf: (client) => [
      ...bindingsOf(client).filter((binding) => used.has(binding)),
      ...(organization.aiSystem?.clients?.includes(client) === true ? [ownClientOfProduct] : []),
    ],
    requestIds: new Set(accesses.flatMap(({ requestIds }) => requestIds)),
    fromMs: accesses.reduce((first, { fromMs }) => Math.min(first, fromMs), Number.POSITIVE_INFINITY),
    toMs: accesses.reduce((last, { toMs }) => Math.max(last, toMs), 0),
  };
}

/** What reading the log once may send. */
export function auditLogTemplates(source: AuditSource | undefined, environment: Environment): RequestTemplate[] {
  const at = purposeOf(source, environment);
  const { type, parameters } = querySplit(source?.query);
  const names = [...new Set([...parameters.map(([name]) => name), '_count'])];
  return [{ context: 'audit', method: 'GET', path: `${type}?${names.join('&')}`, most: 2, pages: mostPages, ...at }];
}

/**
 * The run's own records out of the EHR's AuditEvents, over all pages; those of anybody else are dropped unread.
 * @throws ExchangeFault the log cannot be read, or not to its end
 */
export async function readAuditLog(
  client: Client,
  source: AuditSource,
  environment: Environment,
  run: RunIdentity,
  secrets: LogSecrets = { tokens: [], values: [] },
): Promise<{ readonly records: readonly OwnRecord[]; readonly exchanges: readonly string[] }> {
  if (!Number.isFinite(run.fromMs)) {
    throw new ExchangeFault('prerequisite-failed', 'the run sent nothing a log could hold', undefined);
  }
  const { type, parameters } = querySplit(source.query);
  const filled = parameters.map(([name, value]): [string, string] => [
    name,
    // A little more than the run, so that clocks of a minute's difference lose nothing.
    value
      .replaceAll('{{from}}', new Date(run.fromMs - 60_000).toISOString())
      .replaceAll('{{to}}', new Date(run.toMs + 60_000).toISOString()),
  ]);
  const counted: [string, string][] = filled.some(([name]) => name === '_count')
    ? filled
    : [...filled, ['_count', String(pageSize)]];
  const records: OwnRecord[] = [];
  const exchanges: string[] = [];
  const visited = new Set<string>();
  const at = purposeOf(source, environment);
  let answer = await client.send({ method: 'GET', path: type, query: counted, ...at });
  for (let pages = 1; ; pages++) {
    exchanges.push(answer.exchange);
    const page = searchsetOf(answer);
    if (page === undefined) {
      throw new ExchangeFault('prerequisite-failed', `the audit log answered ${answer.status}`, answer.exchange);
    }
    records.push(...page.matches.flatMap((row) => own(row, run, secrets)));
    if (page.next === undefined) return { records, exchanges };
    if (visited.has(page.next))
      throw new ExchangeFault('not-fhir', 'the pages of the audit log go round', answer.exchange);
    if (pages > mostPages)
      throw new ExchangeFault('too-many', 'the audit log has more pages than are read', answer.exchange);
    visited.add(page.next);
    // The log of a run without its measured series has one page or few.
    answer = await client.send({ method: 'GET', path: type, nextLink: page.next, sample: true, ...at });
  }
}

function own(row: Resource, run: RunIdentity, secrets: LogSecrets): OwnRecord[] {
  const logged = readAuditEvent(row);
  // Looking at the log is not what the log is judged by.
  if (logged === undefined || logged.of === 'AuditEvent') return [];
  const record = ownRecord(logged, run);
  return record === undefined ? [] : [{ ...record, content: readAuditContent(row, logged, secrets) }];
}

/** A log at an address of its own is asked there. */
export const purposeOf = (
  source: AuditSource | undefined,
  { fhirBase }: Environment,
): { readonly purpose?: 'audit' } =>
  typeof source?.location === 'string' && source.location.replace(/\/$/, '') !== fhirBase.replace(/\/$/, '')
    ? { purpose: 'audit' }
    : {};

function querySplit(query = 'AuditEvent?date=ge{{from}}&date=le{{to}}'): {
  readonly type: string;
  readonly parameters: readonly [string, string][];
} {
  const [type = '', rest = ''] = query.split(/\?(.*)/s);
  const parameters = rest
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [name, value];
    });
  return { type: type.replace(/^\/+/, ''), parameters };
}
