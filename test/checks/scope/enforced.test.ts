import enforced from '../../../checks/scope/enforced.js';
import { testCheck } from '../../support/test-check.js';
import type { FactValue } from '../../../src/model/fact.js';

type Trials = FactValue<'scope-trials'>;
const refused: Trials['trials'][number] = {
  way: 'read',
  resourceType: 'Practitioner',
  status: 403,
  seen: 'refused',
  shownToExist: false,
};
const facts = (trials: Trials['trials'], different: Partial<Trials> = {}) => ({
  'scope-trials': { allowedBefore: true, allowedAfter: true, trials, notTried: [], ...different },
});
const create: FactValue<'scope-create'> = {
  resourceType: 'Appointment',
  status: 403,
  seen: 'refused',
  allowedBefore: true,
  allowedAfter: true,
};

testCheck(enforced, {
  pass: {
    'refused in every way': facts([refused, { ...refused, way: 'search' }, { ...refused, way: 'batch' }]),
    'left out of the includes': facts([
      { ...refused, way: 'include', status: 200, seen: 'nothing', shownToExist: true },
    ]),
    'left out of what refers to the patient': facts([
      { ...refused, way: 'reverse include', status: 200, seen: 'nothing', shownToExist: true },
    ]),
    'hidden, though another context reads it': facts([{ ...refused, status: 404, seen: 'hidden', shownToExist: true }]),
    'create refused too': { ...facts([refused], { notTried: ['batch'] }), 'scope-create': create },
  },
  warn: {
    'an empty result instead of 403': facts([
      { ...refused, way: 'search', status: 200, seen: 'nothing', shownToExist: true },
    ]),
    'refused as a bad request': facts([{ ...refused, status: 400, seen: 'unusual' }]),
  },
  fail: {
    'read all the same': facts([{ ...refused, status: 200, seen: 'data' }]),
    'came along in a batch, whatever the controls': facts([{ ...refused, way: 'batch', status: 200, seen: 'data' }], {
      allowedAfter: false,
    }),
    'came along with what refers to the patient': facts([
      { ...refused, way: 'reverse include', status: 200, seen: 'data', shownToExist: true },
    ]),
    'created all the same': { ...facts([refused]), 'scope-create': { ...create, status: 201, seen: 'data' } },
  },
  notMeasured: {
    'everything is refused before': facts([refused], { allowedBefore: false }),
    'everything is refused after': facts([refused], { allowedAfter: false }),
    'nobody showed that it exists': facts([{ ...refused, status: 404, seen: 'hidden' }]),
    'the server fails': facts([{ ...refused, status: 500, seen: 'fault' }]),
    'nothing to try': facts([], { notTried: ['read', 'search', 'batch', 'include'] }),
    'the create is invalid': { ...facts([refused]), 'scope-create': { ...create, status: 422, seen: 'unusual' } },
    'the other client is refused everything': {
      ...facts([refused]),
      'scope-create': { ...create, allowedAfter: false },
    },
  },
});
