import launchContext from '../../../checks/auth/launch-context.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Context = FactValue<'launch-context'>;
type Opening = Context['openings'][number];

const opening: Opening = {
  status: 200,
  token: true,
  patient: 'right',
  encounter: 'right',
  members: ['patient', 'encounter', 'tenant'],
};
const idToken = {
  readable: true,
  signed: true,
  issuer: true,
  audience: true,
  inTime: true,
  nonce: true,
  fhirUser: 'right',
} as const;
const good: Context = { by: 'launch', openings: [opening, opening], idToken };
const second = (changes: Partial<Opening>): FullCase =>
  run({ ...good, openings: [opening, { ...opening, ...changes }] });
const token = (changes: Partial<NonNullable<Context['idToken']>>): FullCase =>
  run({ ...good, idToken: { ...idToken, ...changes } });

interface Setting {
  readonly mode?: 'ehr-launch' | 'standalone';
  readonly needs?: readonly string[];
  readonly scopes?: readonly string[];
  readonly kind?: string;
}

function run(facts: Context, setting: Setting = {}): FullCase {
  const { mode = 'ehr-launch', needs, scopes = ['launch', 'openid', 'fhirUser'], kind = 'smart-launch' } = setting;
  const bindings = [{ id: 'app', environment: 'simulator', usedBy: 'ai-system', flow: 'ehr-launch', scopes }];
  const item = {
    environmentId: 'simulator',
    contract: {
      metadata: { id: 'notes' },
      triggers: [{ id: 'open', kind, launch: { mode, needs: needs ?? ['patient', 'encounter'] } }],
    },
    organization: { metadata: { id: 'lakeside' }, ...(kind === 'smart-launch' ? { auth: { bindings } } : {}) },
  };
  return { facts: { 'launch-context': facts }, subject: { id: 'run', item } };
}

testCheck(launchContext, {
  pass: {
    'the patient and visit that were open, twice': run(good),
    'no openid: no id_token': run({ ...good, idToken: null }),
    'no fhirUser asked for, none given': run(
      { ...good, idToken: { ...idToken, fhirUser: 'absent' } },
      { scopes: ['launch', 'openid'] },
    ),
    'no visit needed, none given': run(
      { ...good, openings: [opening, { ...opening, encounter: 'absent' }] },
      { needs: ['patient'] },
    ),
    'nothing about a patient asked for': run(
      { ...good, openings: [opening, { ...opening, patient: 'absent', encounter: null }] },
      { needs: [], scopes: ['openid', 'user/Patient.rs'] },
    ),
    'a patient chosen where the contract has it so': run({ ...good, by: 'choice' }, { mode: 'standalone' }),
    'a user nobody stated': token({ fhirUser: 'stated' }),
  },
  warn: {
    'chosen instead of launched': run({ ...good, by: 'choice' }),
    'one test patient': run({ ...good, openings: [opening] }),
  },
  fail: {
    'another patient': second({ patient: 'wrong' }),
    'another visit': second({ encounter: 'wrong' }),
    'the patient of the opening before': second({ patient: 'previous' }),
    'the visit of the opening before': second({ encounter: 'previous' }),
    'no patient': second({ patient: 'absent' }),
    'no visit': second({ encounter: 'absent' }),
    'no banner, and the contract needs to know': run(good, { needs: ['patient', 'need_patient_banner'] }),
    'no id_token that can be read': token({
      readable: false,
      signed: false,
      issuer: false,
      audience: false,
      inTime: false,
      nonce: false,
      fhirUser: 'absent',
    }),
    'signed by another key': token({ signed: false }),
    'of another issuer': token({ issuer: false }),
    'for another app': token({ audience: false }),
    'from the future': token({ inTime: false }),
    'of another sign-in': token({ nonce: false }),
    'another user': token({ fhirUser: 'wrong' }),
    'no user': token({ fhirUser: 'absent' }),
  },
  notMeasured: { 'the second opening gave no token': second({ status: 400, token: false }) },
  notApplicable: { 'nobody opens it': run(good, { kind: 'external' }) },
});
