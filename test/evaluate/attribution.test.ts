import { describe, expect, it } from 'vitest';
import { attributionOf, type Surroundings } from '../../src/evaluate/attribution.js';
import { attributed } from '../../src/evaluate/blockers.js';
import { factLookup } from '../../src/evaluate/fact-lookup.js';
import { directionOf, nextActions } from '../../src/evaluate/next-actions.js';
import { askedOf } from '../../src/evaluate/requests.js';
import type { Row } from '../../src/evaluate/rows.js';
import type { Remedy } from '../../src/model/check.js';
import type { ExchangeLine } from '../../src/model/evidence.js';
import type { FactKind, FactValue, RecordedFact } from '../../src/model/fact.js';
import { factKinds } from '../../src/model/facts/registry.js';
import type { BlockerClass, NotMeasuredReason, Outcome } from '../../src/model/outcome.js';
import { subjectsOf } from '../../src/model/subjects.js';
import { contract } from './score-case.js';

const organization = {
  apiVersion: 'ehr-scorecard/v1' as const,
  kind: 'OrganizationProfile' as const,
  metadata: { id: 'lakeside' },
  environments: { test: { class: 'org-nonprod' as const, fhirBase: 'https://127.0.0.1/fhir' } },
};
const subjects = subjectsOf({ contract, organization, environmentId: 'test' });

const exchange = (id: string, context: string, request: string, status: number): ExchangeLine => {
  const [method = '', path = ''] = request.split(' ');
  return {
    type: 'exchange',
    id,
    probe: 'created-object',
    subject: 'action:book',
    context,
    method,
    path,
    purpose: 'fhir',
    status,
    sentAt: '2026-11-20T08:00:00.000Z',
    waitedMs: 0,
    durationMs: 5,
    bytes: 10,
    headers: {},
    requestId: id,
  };
};

function fact<K extends FactKind>(kind: K, value: FactValue<K>): RecordedFact {
  const { version } = factKinds[kind];
  return { kind, version, subject: 'run', value, grade: 'measured', exchanges: [], environmentClass: 'org-nonprod' };
}
const granted = (letters: string) =>
  fact('granted-scopes', {
    asked: [],
    granted: [{ resourceType: 'Appointment', letters, version: 2 }],
    stated: true,
  });
const statement = (interactions: readonly string[], found = true) =>
  fact('capability-statement', {
    status: 200,
    found,
    fhirVersion: '4.0.1',
    software: null,
    interactions: [],
    operations: [],
    usCoreVersions: [],
    types: [
      {
        type: 'Appointment',
        interactions: [...interactions],
        searchParameters: [],
        operations: [],
        versioning: null,
        conditionalCreate: false,
        updateCreate: false,
        supportedProfiles: [],
      },
    ],
  });

interface Given {
  readonly check?: string;
  readonly blocks?: BlockerClass;
  readonly outcome?: Outcome;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly holder?: 'ehr' | 'product' | 'person';
  readonly cites?: readonly string[];
  readonly exchanges?: readonly ExchangeLine[];
  readonly facts?: readonly RecordedFact[];
  readonly standing?: 'documented' | 'documented-absent';
}

const rowOf = ({
  check = 'write.create',
  blocks = 'ehr-configuration',
  outcome = 'fail',
  data = {},
  ...given
}: Given) =>
  ({
    check,
    blocks,
    outcome,
    severity: 'blocker',
    reason: null,
    judgements: [
      {
        subject: 'action:book',
        outcome,
        messageId: 'refused',
        data,
        holder: given.holder ?? null,
        exchanges: given.cites ?? [],
      },
    ],
  }) as unknown as Row;

function around({ check = 'write.create', exchanges = [], facts = [], standing }: Given): Surroundings {
  const source = 'https://ehr.example/docs';
  const seenOn = '2026-11-01';
  return {
    exchangesById: new Map(exchanges.map((one) => [one.id, one])),
    subjects,
    lookup: factLookup(facts, subjects),
    profile:
      standing === undefined
        ? undefined
        : {
            apiVersion: 'ehr-scorecard/v1',
            kind: 'EhrProfile',
            metadata: { id: 'ehr' },
            facts: [{ id: 'one', check, standing, statement: 'A statement', source, seenOn }],
          },
  };
}
const attribution = (given: Given) => attributionOf(rowOf(given), around(given));

const create = (id: string, context: string, status: number) => exchange(id, context, 'POST Appointment', status);

describe('whose problem it is', () => {
  it('stays with the class of the check while nothing says otherwise', () => {
    expect(attribution({ data: { status: 409 }, cites: ['x1'], exchanges: [create('x1', 'ai', 409)] })).toEqual({
      class: 'ehr-configuration',
      because: null,
      exchanges: [],
    });
  });

  it('is auth on 401, and where the client is not known', () => {
    const refused = { data: { status: 401 }, cites: ['x1'], exchanges: [create('x1', 'ai', 401)] };
    expect(attribution(refused)).toMatchObject({ class: 'auth', exchanges: ['x1'] });
    expect(attribution({ ...refused, outcome: 'not-measured' })).toMatchObject({ class: 'auth' });
    expect(attribution({ blocks: 'auth', data: { status: 400, error: 'invalid_client' } }).because).toBe(
      'the sign-in was refused (invalid_client)',
    );
  });

  it('does not take the refusals a probe provokes for its finding', () => {
    const exchanges = [create('x1', 'ai', 201), create('x2', 'expendable', 401), create('x3', 'ai', 403)];
    const given = { data: { status: 201 }, cites: ['x1', 'x2', 'x3'], exchanges, facts: [granted('r')] };
    expect(attribution(given)).toMatchObject({ class: 'ehr-configuration', because: null });
  });

  it('is auth on 403 with the scope missing', () => {
    const given = {
      data: { status: 403 },
      cites: ['x1'],
      exchanges: [create('x1', 'ai', 403)],
      facts: [granted('rs')],
    };
    expect(attribution(given)).toEqual({
      class: 'auth',
      because: 'the token holds no scope for the create of Appointment',
      exchanges: ['x1'],
    });
  });

  it('is EHR configuration on 403 while the scope covers it and another client is served', () => {
    const [mine, theirs] = [create('x1', 'ai', 403), create('x2', 'second', 201)];
    const given = { blocks: 'auth' as const, data: { status: 403 }, cites: ['x1'], facts: [granted('crus')] };
    expect(attribution({ ...given, exchanges: [mine, theirs] })).toMatchObject({
      class: 'ehr-configuration',
      exchanges: ['x1', 'x2'],
    });
    // Nobody else was served, or only a search was: nothing is known.
    const search = exchange('x3', 'second', 'POST Appointment/_search?patient', 200);
    expect(attribution({ ...given, exchanges: [mine, search] })).toMatchObject({ class: 'auth', because: null });
    expect(attribution({ ...given, facts: [], exchanges: [mine, theirs] })).toMatchObject({ because: null });
  });

  it.each([404, 405, 501])('on %i asks the statement and what the vendor documents', (status) => {
    const given = { data: { status }, cites: ['x1'], exchanges: [create('x1', 'ai', status)] };
    expect(attribution({ ...given, facts: [statement(['read'])] })).toMatchObject({ class: 'ehr-capability' });
    expect(attribution({ ...given, facts: [statement(['read'])], standing: 'documented' })).toMatchObject({
      class: 'ehr-configuration',
      because: 'the vendor documents the create of Appointment; here it is not declared',
    });
    expect(attribution({ ...given, facts: [statement(['create'])] })).toMatchObject({ because: null });
    expect(attribution({ ...given, facts: [statement([], false)] })).toMatchObject({ because: null });
    // A type the contract does not use is cut from the fact.
    const other = [exchange('x1', 'ai', 'POST Task', status)];
    expect(attribution({ ...given, exchanges: other, facts: [statement([])] })).toMatchObject({ because: null });
    expect(attribution(given)).toMatchObject({ because: null });
  });

  it('is EHR capability where its vendor documents that it is not there', () => {
    expect(attribution({ standing: 'documented-absent' })).toMatchObject({ class: 'ehr-capability' });
  });

  it.each([400, 422])('on %i asks whether the body can be right', (status) => {
    const given = { data: { status }, cites: ['x1'] };
    const mine = create('x1', 'ai', status);
    const problem = {
      code: 'unknown-hole',
      document: 'contract' as const,
      pointer: '/actions/0/body/start',
      name: 'slto',
    };
    const faulty = fact('document-problems', [problem]);
    expect(attribution({ ...given, exchanges: [mine], facts: [faulty] })).toMatchObject({
      class: 'vendor-integration',
      because: 'the body is not valid: unknown-hole at /actions/0/body/start',
    });
    expect(attribution({ ...given, blocks: 'ehr-capability', exchanges: [mine, create('x2', 'second', 201)] })).toEqual(
      {
        class: 'ehr-configuration',
        because: 'the same body was accepted from another client (second)',
        exchanges: ['x1', 'x2'],
      },
    );
    const elsewhere = fact('document-problems', [{ ...problem, pointer: '/actions/01/body' }]);
    expect(attribution({ ...given, exchanges: [mine], facts: [elsewhere] })).toMatchObject({ because: null });
  });

  it('is vendor integration where this tool is served the same request and the AI system is not', () => {
    const given = { data: { status: 409 }, cites: ['x2'] };
    expect(
      attribution({ ...given, exchanges: [create('x1', 'ai', 201), create('x2', 'ai-product', 409)] }),
    ).toMatchObject({
      class: 'vendor-integration',
      exchanges: ['x2', 'x1'],
    });
  });

  it('says nothing of an AI system that met a fault of ours', () => {
    const given = { data: { status: 503 }, cites: ['x2'] };
    for (const fault of [{ injected: 'unavailable' }, { refused: 'unknown-path' }]) {
      const exchanges = [create('x1', 'ai', 201), { ...create('x2', 'ai-product', 503), ...fault }];
      expect(attribution({ ...given, exchanges })).toMatchObject({ because: null });
    }
  });

  it('is the EHR side where both fail alike', () => {
    const exchanges = [create('x1', 'ai', 500), create('x2', 'ai-product', 500)];
    const given = { blocks: 'vendor-integration' as const, data: { status: 500 }, cites: ['x2'], exchanges };
    expect(attribution(given)).toMatchObject({ class: 'ehr-configuration', exchanges: ['x2', 'x1'] });
  });

  it('has the organization file looked at first where the AI system is served and this tool is not', () => {
    const exchanges = [create('x1', 'ai', 412), create('x2', 'ai-product', 201)];
    expect(attribution({ data: { status: 412 }, cites: ['x1'], exchanges })).toMatchObject({
      class: 'ehr-configuration',
      owner: 'operator',
    });
  });

  it('is a mapping where a field is absent in at least 95 %, by its bound', () => {
    const field = { check: 'read.required-fields', blocks: 'contract' as const };
    expect(attribution({ ...field, data: { present: 0, of: 59 } })).toMatchObject({
      class: 'ehr-configuration',
      because: 'absent in 59 of 59 records (at least 95 %): a mapping, unless the EHR’s screen lacks it too',
    });
    expect(attribution({ ...field, data: { present: 0, of: 58 } })).toMatchObject({ because: null });
    expect(attribution({ ...field, data: { present: 1, of: 59 } })).toMatchObject({ because: null });
  });

  it('is the product where output is wrong on right input, or what it is for moves', () => {
    for (const check of ['prod.output-review', 'contract.stability']) {
      expect(attribution({ check, blocks: 'contract' }).class).toBe('product');
      expect(attribution({ check, blocks: 'contract', outcome: 'not-measured' }).class).toBe('contract');
    }
  });

  it('is the declared holder’s where the EHR does not hold a control and nobody does', () => {
    const given = { check: 'write.version-conflict' };
    expect(attribution({ ...given, holder: 'product' }).class).toBe('vendor-integration');
    expect(attribution({ ...given, holder: 'product', outcome: 'not-measured' }).class).toBe('vendor-integration');
    expect(attribution({ ...given, holder: 'person' }).class).toBe('contract');
    expect(attribution({ ...given, holder: 'ehr' })).toMatchObject({ class: 'ehr-configuration', because: null });
  });
});

it.each([
  ['GET Slot?start', 'search-type s'],
  ['POST Slot/_search?start', 'search-type s'],
  ['GET Slot/{id}', 'read r'],
  ['POST Appointment', 'create c'],
  ['PUT Appointment/{id}', 'update u'],
  ['PATCH Appointment/{id}', 'patch u'],
  ['DELETE Appointment/{id}', 'delete d'],
  ['GET Appointment/{id}/_history', 'undefined undefined'],
  ['GET metadata', 'undefined undefined'],
  ['POST ', 'undefined undefined'],
])('reads %s as %s', (request, asked) => {
  const found = askedOf(exchange('x1', 'ai', request, 200));
  expect(`${found?.interaction} ${found?.letter}`).toBe(asked);
});

interface Plain {
  readonly check: string;
  readonly outcome?: Outcome;
  readonly blocks?: BlockerClass;
  readonly severity?: 'blocker' | 'major' | 'minor';
  readonly effort?: Remedy['effort'];
  readonly prerequisite?: string;
  readonly kind?: 'static' | 'probe';
  /** Why it was not measured; no credential unless said. */
  readonly reason?: NotMeasuredReason;
}

/** Rows of a policy, attributed; `prerequisite` makes one not measured for want of another. */
const attributedRows = (rows: readonly Plain[]) =>
  attributed(
    rows.map(
      ({ check, outcome = 'fail', blocks = 'ehr-configuration', severity = 'blocker', prerequisite, ...more }) =>
        ({
          check,
          blocks,
          severity,
          outcome: prerequisite === undefined ? outcome : 'not-measured',
          reason:
            prerequisite !== undefined
              ? 'prerequisite-failed'
              : outcome === 'not-measured'
                ? (more.reason ?? 'no-credential')
                : null,
          definition: {
            title: `Title of ${check}`,
            kind: more.kind ?? 'probe',
            messages: {},
            remedy: [{ owner: 'ehr-team', effort: more.effort ?? 'low', text: `Mend ${check}.` }],
          },
          judgements: [
            {
              subject: 'run',
              outcome: prerequisite === undefined ? outcome : 'not-measured',
              messageId: null,
              data: prerequisite === undefined ? {} : { prerequisite },
              holder: null,
              exchanges: check === 'read.interactions' ? ['x1'] : [],
            },
          ],
          limitedTo: null,
        }) as unknown as Row,
    ),
    around({}),
  );

describe('the next three actions', () => {
  const exchanges = new Map([['x1', exchange('x1', 'ai', 'GET Slot?start', 200)]]);
  const checks = (rows: readonly Plain[]) =>
    nextActions(attributedRows(rows), exchanges, true).map(({ check }) => check);

  it('go by blockers unlocked for the effort, failures first', () => {
    expect(
      checks([
        { check: 'audit.writes-logged', outcome: 'not-measured' },
        { check: 'read.a', effort: 'high' },
        { check: 'read.b', effort: 'medium' },
        { check: 'read.c', effort: 'high' },
        { check: 'write.d', prerequisite: 'read.c' },
        { check: 'write.e', prerequisite: 'read.c' },
        { check: 'write.f', prerequisite: 'read.c', severity: 'major' },
      ]),
    ).toEqual(['read.c', 'read.b', 'read.a']);
    expect(checks([{ check: 'read.a', outcome: 'not-measured' }, { check: 'read.b' }])).toEqual(['read.b', 'read.a']);
  });

  it('ask once for what the run did not come to', () => {
    const never = { outcome: 'not-measured', reason: 'not-gathered' } as const;
    expect(
      nextActions(
        attributedRows([
          { check: 'read.a' },
          { check: 'write.d', ...never },
          { check: 'write.e', ...never },
          { check: 'write.f', ...never, severity: 'major' },
        ]),
        exchanges,
        false,
      ),
    ).toMatchObject([
      { check: 'read.a' },
      { check: 'write.d', owner: 'operator', unlocks: ['write.e', 'write.f'], blockersUnlocked: 2 },
    ]);
  });

  it('name who acts, whom it most likely lies with, and the exchanges', () => {
    const [first, second] = nextActions(
      attributedRows([
        { check: 'read.interactions' },
        { check: 'write.d', prerequisite: 'read.interactions' },
        { check: 'audit.writes-logged', outcome: 'not-measured', blocks: 'auth' },
      ]),
      exchanges,
      true,
    );
    expect(first).toMatchObject({
      class: 'ehr-configuration',
      owner: 'ehr-team',
      liesWith: 'ehr-team',
      effort: 'low',
      action: 'Mend read.interactions.',
      unlocks: ['write.d'],
      blockersUnlocked: 2,
      exchanges: [{ id: 'x1', method: 'GET', path: 'Slot?start', status: 200, context: 'ai' }],
    });
    // Whoever can show it, not whoever would have to mend it.
    expect(second).toMatchObject({ check: 'audit.writes-logged', because: null });
    expect(second?.liesWith).toBe(second?.owner);
  });
});

describe('product or integration', () => {
  const first = (rows: readonly Plain[], complete = true) => directionOf(attributedRows(rows), contract, complete);
  const open = { check: 'contract.actions', blocks: 'contract', kind: 'static', outcome: 'not-measured' } as const;
  const auth = { check: 'auth.backend-token', blocks: 'auth' } as const;
  const ehr = { check: 'write.create' } as const;

  it('tightens product and contract while their statics are open', () => {
    expect(first([ehr, auth, open])).toMatchObject({ first: 'product-and-contract', checks: ['contract.actions'] });
    const alone = { ...contract, intent: { boundary: { valueWithoutEhr: true } } };
    expect(directionOf(attributedRows([open]), alone, true)?.sentence).toContain('prove it there');
    expect(first([open])?.sentence).toBe('Tighten product and contract first; the EHR vendor is not the main blocker.');
  });

  it('takes the auth path next, then integration, then nothing', () => {
    expect(first([ehr, auth])).toMatchObject({ first: 'auth', checks: ['auth.backend-token'] });
    expect(first([ehr])).toMatchObject({ first: 'integration', checks: ['write.create'] });
    expect(first([{ ...ehr, outcome: 'pass' }])).toBeNull();
  });

  it('calls nothing settled while the run did not come to something', () => {
    const never = { outcome: 'not-measured', reason: 'not-gathered' } as const;
    expect(first([ehr, { ...auth, ...never }], false)).toBeNull();
    expect(first([{ ...auth, outcome: 'not-measured' }], false)).toBeNull();
    expect(first([auth], false)).toMatchObject({ first: 'auth' });
  });
});
