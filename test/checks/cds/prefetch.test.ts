import prefetch from '../../../checks/cds/prefetch.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Seen = FactValue<'cds-prefetch'>[number];
type Call = Seen['calls'][number];
type Asks = FactValue<'cds-discovery'>['services'][number]['asks'];

const coverage: Asks = [{ key: 'coverage', types: ['Coverage'], everything: false }];
const refused = (without: Call['without']): Call => ({
  without,
  resourceType: without === 'no-data' ? null : 'Coverage',
  status: 412,
  guidance: false,
  same: false,
});
const ways: readonly Call['without'][] = ['key-missing', 'null', 'operation-outcome', 'no-data'];
const item = {
  contract: {
    triggers: [{ id: 'signing', kind: 'cds-hook', hook: 'order-sign' }],
    resources: [{ id: 'coverage', type: 'Coverage' }],
    permissions: { productRoles: ['bot'], rules: [{ role: 'bot', allow: { Patient: 'r', Task: 'c' } }] },
  },
  organization: {},
  environmentId: 'test',
};

/** Answered 412 in every way, but for one. */
const but = (
  without?: Call['without'],
  different: Partial<Call> = {},
  control: Partial<Seen['control']> = {},
  asks = coverage,
) => ({
  facts: {
    'cds-discovery': {
      status: 200,
      readable: true,
      named: 1,
      services: [{ service: 'pa-needed', hook: 'order-sign', complete: true, asks }],
    },
    'cds-prefetch': [
      {
        service: 'pa-needed',
        control: { before: 200, after: 200, guidance: true, ...control },
        calls: ways.map((way) => ({ ...refused(way), ...(way === without ? different : {}) })),
      },
    ],
  },
  subject: { item },
});
const advised = { status: 200, guidance: true };
const asking = (...types: string[]): Asks => [{ key: 'more', types, everything: false }];

testCheck(prefetch, {
  pass: {
    'always 412': but(),
    'advice about what is not there': but('null', advised),
    'asks for the patient, whom the product may read, and for who signs': but(
      undefined,
      {},
      {},
      asking('Patient', 'Practitioner'),
    ),
    'no advice at all, and 412 without data': but(undefined, {}, { guidance: false }),
    'no advice for nobody, where none is given with all data either': but(
      'no-data',
      { status: 200 },
      { guidance: false },
    ),
  },
  warn: {
    'fails with 500': but('key-missing', { status: 500 }),
    'answers 400': but('operation-outcome', { status: 400 }),
    'no advice, as if it had looked': but('key-missing', { status: 200 }),
  },
  fail: {
    'advice without the coverage': but('key-missing', advised),
    'advice on an error': but('operation-outcome', advised),
    'advice without anything': but('no-data', advised),
    'the same advice on null': but('null', { ...advised, same: true }),
    'asks for problems': but(undefined, {}, {}, asking('Condition')),
    'asks for tasks the product may only create': but(undefined, {}, {}, asking('Task')),
    'asks for everything': but(undefined, {}, {}, [{ key: 'all', types: ['Patient'], everything: true }]),
  },
  notMeasured: {
    'the complete call fails': but(undefined, {}, { before: 412 }),
    'the complete call fails afterwards': but(undefined, {}, { after: 500 }),
    'asks for nothing and always advises': but('no-data', advised, {}, []),
    'nothing is ever advised': {
      ...but(),
      facts: {
        ...but().facts,
        'cds-prefetch': [
          {
            service: 'pa-needed',
            control: { before: 200, after: 200, guidance: false },
            calls: [{ ...refused('no-data'), status: 200 }],
          },
        ],
      },
    },
    'no service could be called': { ...but(), facts: { ...but().facts, 'cds-prefetch': [] } },
  },
  notApplicable: {
    'no card anywhere': { ...but(), subject: { item: { ...item, contract: {} } } },
  },
});
