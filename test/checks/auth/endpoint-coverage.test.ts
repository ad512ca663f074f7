import endpointCoverage from '../../../checks/auth/endpoint-coverage.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Fact = FactValue<'endpoint-coverage'>;
type Call = Fact['calls'][number];
type Try = Call['tries'][number];

const refused: Call['tries'] = [
  { way: 'no-session', shown: 'refused', status: 401 },
  { way: 'another-user', shown: 'refused', status: 403 },
  { way: 'lower-role', shown: 'refused', status: 403 },
];
const viewer: Call = {
  call: 'GET /patients/{patient}/recording',
  namesPatient: true,
  before: 'data',
  after: 'data',
  tries: refused,
};
const health: Call = {
  ...viewer,
  call: 'GET /health',
  namesPatient: false,
  before: 'open',
  after: 'not-asked',
  tries: [],
};
const sessions: Fact['sessions'] = [
  { way: 'another-user', ended: 'opened' },
  { way: 'lower-role', ended: 'refused' },
];
const good: Fact = { source: 'openapi', right: 'opened', sessions, calls: [viewer, health], leftOut: [] };
const withTry = (tried: Try, call: Partial<Call> = {}): FullCase =>
  run({ ...good, calls: [{ ...viewer, ...call, tries: [...refused.filter(({ way }) => way !== tried.way), tried] }] });
const leftOut = (why: Fact['leftOut'][number]['why']): FullCase =>
  run({ ...good, leftOut: [{ call: 'GET /drafts/{id}', why }] });
const session = (way: Fact['sessions'][number]['way'], ended: Fact['sessions'][number]['ended']): FullCase =>
  run({ ...good, sessions: [...sessions.filter((each) => each.way !== way), { way, ended }] });

function run(facts: Fact, productScreens: 'embedded' | 'separate' | 'none' = 'embedded'): FullCase {
  const contract = { metadata: { id: 'notes' }, productScreens };
  const organization = { metadata: { id: 'lakeside' } };
  return {
    facts: { 'endpoint-coverage': facts },
    subject: { id: 'run', item: { environmentId: 'simulator', contract, organization } },
  };
}

testCheck(endpointCoverage, {
  pass: {
    'every session without a right refused': run(good),
    'screens beside the EHR': run(good, 'separate'),
    'a list of the own patient, which names nobody': withTry(
      { way: 'another-user', shown: 'open', status: 200 },
      { namesPatient: false },
    ),
    'what changes something was left out': leftOut('method'),
    'the sign-in was left out': leftOut('sign-in'),
    'the role of the contract with no right is the only one there': run({ ...good, sessions: [] }),
    'a second organization, refused': run({
      ...good,
      sessions: [...sessions, { way: 'other-organization', ended: 'opened' }],
    }),
  },
  warn: {
    'metadata without a session': withTry({ way: 'no-session', shown: 'open', status: 200 }),
    'metadata of somebody else': withTry({ way: 'another-user', shown: 'open', status: 200 }),
  },
  fail: {
    'without a session': withTry({ way: 'no-session', shown: 'data', status: 200 }),
    'to another user': withTry({ way: 'another-user', shown: 'data', status: 200 }),
    'to a lower role': withTry({ way: 'lower-role', shown: 'data', status: 200 }),
    'to a patient': withTry({ way: 'other-kind', shown: 'data', status: 200 }),
    'to another organization': withTry({ way: 'other-organization', shown: 'data', status: 200 }),
    'in the text of a refusal': withTry({ way: 'no-session', shown: 'data', status: 403 }),
    'without a session, where nobody could sign in': run({
      ...good,
      right: 'nobody-signs-in',
      sessions: [],
      calls: [
        {
          ...viewer,
          before: 'not-asked',
          after: 'not-asked',
          tries: [{ way: 'no-session', shown: 'data', status: 200 }],
        },
      ],
    }),
  },
  notMeasured: {
    'a fault instead of a refusal': withTry({ way: 'no-session', shown: 'fault', status: 500 }),
    'the right session ended meanwhile': run({ ...good, calls: [{ ...viewer, after: 'refused' }] }),
    'the right session is refused': run({
      ...good,
      calls: [viewer, { ...viewer, call: 'GET /export', before: 'refused', after: 'not-asked', tries: [] }],
    }),
    'the right session meets a fault': run({
      ...good,
      calls: [viewer, { ...viewer, call: 'GET /export', before: 'fault', after: 'not-asked', tries: [] }],
    }),
    'no call shows the patient': run({ ...good, calls: [health] }),
    'an empty list': run({ ...good, calls: [] }),
    'a call on another origin': leftOut('origin'),
    'a call that cannot be filled': leftOut('not-filled'),
    'a websocket': leftOut('websocket'),
    'too many calls': leftOut('too-many'),
    'nobody of a lower role': session('lower-role', 'not-given'),
    'another user cannot sign in': session('another-user', 'failed'),
    'the app does not open for another user': session('another-user', 'refused'),
    'the app does not open at all': run({ ...good, right: 'failed', sessions: [], calls: [] }),
    'nobody can sign in': run({
      ...good,
      right: 'nobody-signs-in',
      sessions: [],
      calls: [
        {
          ...viewer,
          before: 'not-asked',
          after: 'not-asked',
          tries: [{ way: 'no-session', shown: 'refused', status: 401 }],
        },
      ],
    }),
  },
  notApplicable: { 'no screens': run(good, 'none') },
});
