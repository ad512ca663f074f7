import type { AuditEvent, Resource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { auditLogTemplates, readAuditLog } from '../../src/gather/audit-log.js';
import type { Client } from '../../src/gather/probe.js';
import type { Answer, OutgoingRequest } from '../../src/gather/request.js';
import { TemplateBudget } from '../../src/gather/template-match.js';
import type { RunIdentity } from '../../src/model/audit-access.js';
import { trial } from '../support/trial.js';

const startMs = Date.UTC(2026, 10, 20, 8);
const run: RunIdentity = {
  runId: 'run',
  bindingsOf: (client) => (client === 'client-1' ? ['bot'] : []),
  aliasOf: (id) => (id === '4711' ? 'pa1' : undefined),
  requestIds: new Set(['r1']),
  fromMs: startMs,
  toMs: startMs + 60_000,
};
const environment = { class: 'simulator', fhirBase: 'https://ehr.example/fhir' } as const;
const source = { kind: 'fhir-auditevent', query: 'AuditEvent?date=ge{{from}}&date=le{{to}}' } as const;

const event = (patient: string, client = 'client-1'): AuditEvent => ({
  resourceType: 'AuditEvent',
  type: { code: 'rest' },
  subtype: [{ code: 'read' }],
  recorded: new Date(startMs + 1_000).toISOString(),
  agent: [{ altId: client, requestor: true }],
  source: { observer: { display: 'EHR' } },
  entity: [{ what: { reference: `Patient/${patient}` }, role: { code: '1' } }],
});

/** A client whose answers are pages; every request must be one the templates allow. */
function paged(pages: readonly { readonly rows: readonly Resource[]; readonly next?: string }[], status = 200) {
  const asked: OutgoingRequest[] = [];
  const budget = new TemplateBudget('audit-log', auditLogTemplates(source, environment));
  const client = {
    send: (request: OutgoingRequest): Promise<Answer> => {
      budget.take('audit', request);
      const page = pages[Math.min(asked.length, pages.length - 1)]!;
      asked.push(request);
      const resource = {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: page.rows.map((each) => ({ resource: each })),
        ...(page.next === undefined ? {} : { link: [{ relation: 'next', url: page.next }] }),
      };
      return Promise.resolve({ exchange: `x${asked.length}`, status, ok: status < 300, resource } as unknown as Answer);
    },
  } as unknown as Client;
  return { client, asked };
}

describe('reading the audit log', () => {
  it('asks for the time of the run and follows the pages', async () => {
    const next = 'https://ehr.example/fhir?page=2';
    const { client, asked } = paged([{ rows: [event('4711')], next }, { rows: [event('4711')] }]);
    const { records, exchanges } = await readAuditLog(client, source, environment, run);
    expect(records).toHaveLength(2);
    expect(exchanges).toEqual(['x1', 'x2']);
    expect(asked[0]?.query).toEqual([
      ['date', 'ge2026-11-20T07:59:00.000Z'],
      ['date', 'le2026-11-20T08:02:00.000Z'],
      ['_count', '1000'],
    ]);
    expect(asked[1]).toMatchObject({ nextLink: next });
  });

  it('HS-63 drops everything that is about somebody else', async () => {
    const strangers = Array.from({ length: 500 }, (_, index) => event(`STRANGER-${index}`));
    const others = [event('4711', 'somebody-else'), ...strangers, event('4711')];
    const { client } = paged([{ rows: others }]);
    const { records } = await readAuditLog(client, source, environment, run);
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('STRANGER');
  });

  it.each([
    ['a refusal', paged([{ rows: [] }], 403), 'prerequisite-failed'],
    ['pages that go round', paged([{ rows: [event('4711')], next: 'https://ehr.example/fhir?page=1' }]), 'not-fhir'],
    [
      'pages without an end',
      paged(Array.from({ length: 30 }, (_, page) => ({ rows: [], next: `https://ehr.example/fhir?page=${page}` }))),
      'too-many',
    ],
  ])('gives up on %s', async (_name, { client }, reason) => {
    await expect(readAuditLog(client, source, environment, run)).rejects.toMatchObject({ reason });
  });

  it('asks a log at an address of its own there', () => {
    const elsewhere = { ...source, location: 'https://log.example/fhir' };
    expect(auditLogTemplates(elsewhere, environment)).toMatchObject([{ purpose: 'audit' }]);
    expect(auditLogTemplates({ ...source, location: 'https://ehr.example/fhir/' }, environment)[0]).not.toHaveProperty(
      'purpose',
    );
  });
});

describe('settling', () => {
  it('names a removed audit record as what is left', async () => {
    const { results, end } = await trial({
      deviations: ['audit-records-deletable'],
      checks: ['audit.tamper-resistance', 'read.required-fields'],
    });
    expect(results.get('audit.tamper-resistance')?.judgements).toMatchObject([
      { outcome: 'fail', messageId: 'accepted', data: { method: 'DELETE', status: 204 } },
    ]);
    expect(end.residue).toMatchObject([{ resourceType: 'AuditEvent', reason: 'removed-by-test' }]);
  });

  it('leaves a log that is late to collect, and says when', async () => {
    const { fact } = await trial({
      checks: ['audit.reads-logged', 'read.required-fields'],
      change: ({ organization }) => {
        (organization['audit'] as { sources: { lag: string }[] }).sources[0]!.lag = 'P1D';
      },
    });
    expect(fact('reads-in-log', 'run')).toMatchObject({
      missing: 'not-yet',
      detail: expect.stringMatching(/complete \d{4}-\d\d-\d\dT.*collect RUN --audit/) as string,
    });
  });

  it('asks who decides where nobody named a log or how closely it is kept', async () => {
    const { fact } = await trial({
      checks: ['audit.reads-logged', 'audit.writes-logged'],
      change: ({ organization }) => delete organization['audit'],
    });
    expect(fact('reads-in-log', 'run')).toMatchObject({ missing: 'undecided' });
    expect(fact('writes-in-log', 'run')).toMatchObject({ missing: 'undecided' });
  });
});
