import businessDuplicate from '../../../checks/write/business-duplicate.js';
import { testCheck } from '../../support/test-check.js';

const once = { sequence: 'slot' as const, status: 409, objects: 1, flagged: 0 };
const twins = { found: ['both' as const, 'both' as const], behaviour: 'queue-for-human' };
const nobodyByName = { found: [], behaviour: null };
const product = (objects: number, flagged = 0) => ({
  'product-repeats': [
    { way: 'same-event' as const, trials: 1, breaches: 1, objects: 2, flagged: 0 },
    { way: 'other-words' as const, trials: 1, breaches: objects > 1 ? 1 : 0, objects, flagged },
  ],
});

testCheck(businessDuplicate, {
  pass: {
    'one object of the product for two calls': {
      'business-duplicate': once,
      'patient-twins': twins,
      ...product(1),
    },
    'refused, and two patients go to a person': { 'business-duplicate': once, 'patient-twins': twins },
    'found before anything was sent, patients by their record': {
      'business-duplicate': { sequence: 'search', objects: 1, flagged: 0 },
      'patient-twins': nobodyByName,
    },
    'each twin is found alone': {
      'business-duplicate': once,
      'patient-twins': { ...twins, found: ['own', 'own'] },
    },
  },
  warn: {
    'a second one of the product that waits for staff': {
      'business-duplicate': once,
      'patient-twins': twins,
      ...product(2, 1),
    },
    'a second one that waits for staff': {
      'business-duplicate': { ...once, status: 201, objects: 2, flagged: 1 },
      'patient-twins': twins,
    },
    'two patients fit, and the product tries again': {
      'business-duplicate': once,
      'patient-twins': { ...twins, behaviour: 'retry' },
    },
  },
  fail: {
    'a second one of the product': { 'business-duplicate': once, 'patient-twins': twins, ...product(2) },
    'a second one': { 'business-duplicate': { ...once, status: 201, objects: 2 }, 'patient-twins': twins },
    'three, one of them for staff': {
      'business-duplicate': { ...once, status: 201, objects: 3, flagged: 1 },
      'patient-twins': twins,
    },
    'the search brings the other twin': {
      'business-duplicate': once,
      'patient-twins': { ...twins, found: ['own', 'other'] },
    },
  },
  notMeasured: {
    'nobody is found': { 'business-duplicate': once, 'patient-twins': { ...twins, found: ['neither', 'neither'] } },
    'nobody decided about ties': { 'business-duplicate': once, 'patient-twins': { ...twins, behaviour: null } },
    'no twins among the test patients': {
      'business-duplicate': once,
      'patient-twins': { missing: 'no-test-object' },
    },
  },
  notApplicable: {
    'an action that changes': {
      facts: { 'business-duplicate': once, 'patient-twins': twins },
      subject: {
        item: {
          action: { id: 'cancel', kind: 'commit', via: 'fhir-r4', interaction: 'patch', resource: 'Appointment' },
          path: undefined,
        },
      },
    },
  },
});
