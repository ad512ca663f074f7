import crossOrgToken from '../../../checks/auth/cross-org-token.js';
import { testCheck } from '../../support/test-check.js';

const refused = { patientOf: 'peer' as const, status: 401, seen: 'refused' as const };
const apart = {
  worksBefore: true,
  worksAfter: true,
  foreignToken: [refused, { ...refused, patientOf: 'own' as const }],
  foreignClient: { status: 401, token: false },
  foreignPatient: { status: 404, seen: 'hidden' as const },
};
const facts = (different: Partial<typeof apart> | { foreignClient: null } | { foreignPatient: null }) => ({
  'cross-organization': { ...apart, ...different },
});

testCheck(crossOrgToken, {
  pass: {
    'refused everywhere': facts({}),
    'hidden instead of refused': facts({ foreignToken: [{ ...refused, status: 404 }] }),
  },
  warn: { 'no client of its own over there': facts({ foreignPatient: null }) },
  fail: {
    'token taken': { 'cross-organization': { ...apart, foreignToken: [{ ...refused, status: 200, seen: 'data' }] } },
    'client taken': facts({ foreignClient: { status: 200, token: true } }),
    'patient handed out': { 'cross-organization': { ...apart, foreignPatient: { status: 200, seen: 'data' } } },
  },
  notMeasured: {
    'does not work at home': facts({ worksBefore: false }),
    'stops working at home': facts({ worksAfter: false }),
    'an answer that is no refusal': {
      'cross-organization': { ...apart, foreignToken: [{ ...refused, status: 200, seen: 'nothing' }] },
    },
    'the token endpoint fails': facts({ foreignClient: { status: 500, token: false } }),
    'no expendable client': facts({ foreignClient: null }),
  },
});
