import warningSigns from '../../../checks/value/warning-signs.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Delivery = FactValue<'delivery-signs'>;
type Previous = FactValue<'previous-runs'>[number];
const no = (sign: Delivery['signs'][number]['sign'], more: Partial<Delivery['signs'][number]> = {}) => ({
  sign,
  answer: 'no' as const,
  owner: 'pm@clinic.example',
  date: '2026-11-01',
  ...more,
});
const yes = { answer: 'yes' as const };
const all = [
  no('scope-growing'),
  no('clinicians-absent'),
  no('tickets-open'),
  no('pilots-fail'),
  no('estimates-doubling'),
];
const answering = (...changed: Delivery['signs']): Delivery['signs'] =>
  all.map((each) => changed.find(({ sign }) => sign === each.sign) ?? each);
const earlier: Previous = {
  runId: 'first',
  startedAt: '2026-10-01T08:00:00.000Z',
  evidenceSha256: 'a'.repeat(64),
  contractId: 'bot',
  contractVersion: '1.0.0',
  organizationId: 'lakeside',
  environmentId: 'sim',
  environmentClass: 'simulator',
  resourceTypes: ['Slot'],
  reads: true,
  writes: true,
  statementSha256: null,
  outcomes: {
    'read.interactions': 'pass',
    'read.required-fields': 'warn',
    'write.create': 'pass',
    'write.version-conflict': 'pass',
    'rollback.compensate': 'pass',
  },
};
const resources = [{ id: 'slot', type: 'Slot' }];
const more = [...resources, { id: 'note', type: 'DocumentReference' }];
const environments = { test: { class: 'org-nonprod' as const, fhirBase: 'https://ehr.example/fhir' } };
const of = (
  delivery: Partial<Delivery>,
  previous: readonly Previous[] = [],
  results: NonNullable<FullCase['results']> = {},
  types = resources,
): FullCase => ({
  ...runCase(
    { 'delivery-signs': { signs: all, spend: null, ...delivery }, 'previous-runs': [...previous] },
    { resources: types },
    { environments },
  ),
  results,
});
const failsHere = { 'write.create': 'fail' } as const;

testCheck(warningSigns, {
  pass: {
    'all answered, none shows': of({}),
    'one shows': of({ signs: answering(no('tickets-open', yes)) }),
    'one and a half times the plan': of({ spend: { planned: 100, actual: 150 } }),
    'four of five': of({ signs: all.slice(1) }),
    'the earlier run answers for scope': of({ signs: all.slice(2) }, [earlier]),
    'nothing passed below that fails here': of({ signs: all.slice(1, 4) }, [earlier], { 'write.create': 'pass' }),
    'a run of the same class tells nothing': of({}, [{ ...earlier, environmentClass: 'org-nonprod' }], failsHere),
    'another workflow grew': of({}, [{ ...earlier, contractId: 'scribe' }], {}, more),
  },
  warn: {
    'two are stated': of({ signs: answering(no('tickets-open', yes), no('clinicians-absent', yes)) }),
    'one is stated, and twice the plan was spent': of({
      signs: answering(no('tickets-open', yes)),
      spend: { planned: 100, actual: 151 },
    }),
    'the scope grew, and what passed below fails here': of({}, [earlier], failsHere, more),
  },
  fail: {
    'three are stated': of({
      signs: answering(no('tickets-open', yes), no('clinicians-absent', yes), no('estimates-doubling', yes)),
    }),
    'three show, the others are not answered': of(
      { signs: [no('tickets-open', { ...yes, owner: null })] },
      [earlier],
      failsHere,
      more,
    ),
  },
  notMeasured: {
    'nobody answered': of({ signs: [] }),
    'three of five': of({ signs: all.slice(2) }),
    'answers without a date': of({ signs: all.map((sign) => ({ ...sign, date: null })) }),
    'no answer, only an owner': of({ signs: all.map((sign) => ({ ...sign, answer: null })) }),
  },
});
