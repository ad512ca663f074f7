import tokenLifecycle from '../../../checks/auth/token-lifecycle.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Life = FactValue<'token-life'>;
type Early = FactValue<'early-token'>;

const refused = { secondsAfter: 2, status: 401, seen: 'refused' } as const;
const right: Life = {
  worksBefore: true,
  worksBetween: true,
  worksAfter: true,
  afterEnd: refused,
  introspection: 'usable',
  introspected: { status: 200, active: true, states: ['scope', 'client_id', 'exp'] },
  endedIsActive: false,
  revokedIsActive: false,
  revocation: 'usable',
  revocationStatus: 200,
  usedRevoked: [{ ...refused, secondsAfter: 0 }],
};
const life = (different: Partial<Life> = {}, early: Partial<Early> = {}) => ({
  'early-token': { expiresInSeconds: 300, works: true, ...early },
  'token-life': { ...right, ...different },
});
const data = { status: 200, seen: 'data' } as const;
const none: Partial<Life> = { revocation: 'not-named', revocationStatus: null, usedRevoked: [], revokedIsActive: null };

testCheck(tokenLifecycle, {
  pass: {
    'ended, revoked, and known to be': life(),
    'revoked at the second look': life({
      usedRevoked: [
        { ...refused, ...data, secondsAfter: 0 },
        { ...refused, secondsAfter: 15 },
      ],
    }),
    'introspection gave no answer': life({ introspected: null, endedIsActive: null, revokedIsActive: null }),
  },
  warn: {
    'no revocation offered': life(none),
    'no introspection offered': life({ introspection: 'not-named', introspected: null }),
    'revocation refused': life({ revocationStatus: 403, usedRevoked: [], revokedIsActive: null }),
    'refused with another status': life({ afterEnd: { ...refused, status: 403 } }),
    'introspection refused': life({ introspected: { status: 401, active: null, states: [] } }),
    'a working token is called inactive': life({ introspected: { status: 200, active: false, states: [] } }),
    'introspection is brief': life({ introspected: { status: 200, active: true, states: ['exp'] } }),
  },
  fail: {
    'works after its end': life({ afterEnd: { ...refused, ...data } }),
    'works after it was revoked': life({ usedRevoked: [{ ...refused, ...data }] }),
    'an ended token is called active': life({ endedIsActive: true }),
    'a revoked token is called active': life({ revokedIsActive: true }),
  },
  notMeasured: {
    'too far away': life({ afterEnd: null }, { expiresInSeconds: 3_600 }),
    'no end stated': life({ afterEnd: null }, { expiresInSeconds: null }),
    'it did not work before': life({}, { works: false }),
    'fresh tokens do not work either': life({ worksBefore: false }),
    'nothing works afterwards': life({ worksAfter: false }),
    'the server fails on the ended one': life({ afterEnd: { ...refused, status: 500, seen: 'fault' } }),
    'the server fails on the revoked one': life({ usedRevoked: [{ ...refused, status: 500, seen: 'fault' }] }),
    'revocation lies elsewhere': life({ ...none, revocation: 'not-listed' }),
  },
});
