import recordQuality from '../../../checks/audit/record-quality.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Quality = FactValue<'record-quality'>;
const element = (name: string, due: number, present = due) => ({ element: name, due, present });
const whole = [
  element('agent', 9),
  element('user', 0),
  element('patient', 6),
  element('object', 5),
  element('version', 2),
  element('time', 9),
  element('action', 9),
  element('outcome', 9, 0),
];
const log: Quality = {
  source: 'fhir-auditevent',
  records: 9,
  elements: whole,
  kindsWithoutAgent: [],
  kindsWithoutPatient: [],
  wholeTokens: 0,
  clinicalValues: 0,
  examples: [],
};
const withElement = (changed: Quality['elements'][number]): Quality => ({
  ...log,
  elements: whole.map((each) => (each.element === changed.element ? changed : each)),
});
const of = (more: Partial<Quality>, contract: Partial<Contract> = {}) =>
  runCase({ 'record-quality': { ...log, ...more } }, contract);
const expecting = (...fields: string[]): Partial<Contract> => ({
  audit: { expect: [{ what: 'every write', where: 'ehr', fields }] },
});

testCheck(recordQuality, {
  pass: {
    'nobody expects more': of({}),
    'version is expected and there': of({}, expecting('version', 'callId')),
    'outcome is the AI system’s to log': of(
      {},
      { audit: { expect: [{ what: 'every write', where: 'aiSystem', fields: ['outcome'] }] } },
    ),
    'a name of Object.prototype is no element': of({}, expecting('constructor')),
    'no version, and nobody expects it': of(withElement(element('version', 2, 0))),
    'a person at work is named': of(withElement(element('user', 4))),
  },
  warn: {
    'app only, where a person was at work': of(withElement(element('user', 4, 1))),
    'outcome is expected and missing': of({}, expecting('outcome')),
    'one patient is missing': of(withElement(element('patient', 6, 5))),
    'no version, where it is expected': of(withElement(element('version', 2, 0)), expecting('version')),
  },
  fail: {
    'a whole token': of({ wholeTokens: 1, examples: ['x7'] }),
    'clinical values': of({ clinicalValues: 2 }),
    'no agent': of({ kindsWithoutAgent: ['read Patient'] }),
    'no patient': of({ kindsWithoutPatient: ['read Patient', 'update Task'] }),
  },
  notMeasured: { 'no record was found': of({ records: 0 }) },
});
