import { defineCheck } from '../../src/check.js';
import { isUserFacing } from '../../src/model/app-clients.js';
import type { Contract } from '../../src/model/documents/contract.js';

/** What the launch triggers of the contract ask for. */
const launchesOf = ({ triggers }: Contract) =>
  (triggers ?? []).filter(({ kind }) => kind === 'smart-launch').map(({ launch }) => launch ?? {});

export default defineCheck({
  id: 'auth.launch-context',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'It opens on the patient whose chart is open',
  failureTitle: 'It opens on the wrong patient, or on none',
  plain: 'The AI opens on the patient the clinician is looking at.',
  why: 'Everything the product reads and writes follows from the context of its launch; a stale or wrong one puts a note into another chart.',
  sends:
    'Opens the app on two test patients, one after the other, signs in with a test user and compares patient and visit of each token answer; verifies signature, issuer, audience, time, nonce and fhirUser of the id_token against the key set of the server.',
  ask: {
    of: 'ehr-vendor',
    text: 'Open the app on one patient, then on another, and show us which patient, visit and user it was told each time.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Let the launch of this app carry patient and encounter, and grant launch, openid and fhirUser.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Take the context from every new token answer and keep none; SMART does not synchronise it afterwards. Verify the id_token.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token',
    'https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch',
    'https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization } }) => isUserFacing(contract, organization),
  ifNone: 'not-applicable',
  reads: ['launch-context'],
  messages: {
    'wrong-context': {
      kind: 'proof',
      text: 'Opening {opening}: the token answer names another {member} than was open.',
    },
    'old-context': {
      kind: 'proof',
      text: 'Opening {opening}: the token answer still names the {member} of the opening before.',
    },
    'no-context': { kind: 'proof', text: 'Opening {opening}: the token answer lacks {member}, which was open.' },
    'no-member': { kind: 'proof', text: 'The token answer lacks {member}, which the contract needs.' },
    'id-token-unreadable': { kind: 'proof', text: 'openid was granted, and no id_token can be read.' },
    'id-token-unproven': { kind: 'proof', text: 'The id_token cannot be relied on: {what}.' },
    'other-user': { kind: 'proof', text: 'The id_token names another fhirUser than the context of the file.' },
    'no-user': { kind: 'proof', text: 'The id_token names no fhirUser, which was asked for.' },
    'by-choice': {
      kind: 'limit',
      text: 'The patient was chosen while signing in; the contract has the EHR open the app.',
    },
    'opened-once': { kind: 'limit', text: 'Opened on one patient only: no second test patient is listed.' },
    'no-token': { kind: 'control', text: 'Opening {opening} gave no token ({status}).' },
  },
  evaluate: ({ 'launch-context': facts }, say, { item: { contract, organization } }) => {
    const { by, openings, idToken } = facts;
    const launches = launchesOf(contract);
    const needs = [...new Set(launches.flatMap((launch) => launch.needs ?? []))];
    const scopes = (organization.auth?.bindings ?? [])
      .filter(({ usedBy, flow }) => usedBy === 'ai-system' && flow !== 'backend')
      .flatMap((binding) => binding.scopes ?? []);
    const asksForPatient = scopes.some((scope) => /^(launch|launch\/patient|patient\/.+)$/.test(scope));
    const refused = openings.findIndex(({ token }) => !token);
    if (refused >= 0) {
      const shown = { opening: refused + 1, status: openings[refused]?.status ?? 0 };
      return say.notMeasured('no-token', 'prerequisite-failed', shown);
    }
    const verdicts = openings.flatMap(({ patient, encounter }, index) =>
      (['patient', 'encounter'] as const).flatMap((member) => {
        const found = member === 'patient' ? patient : encounter;
        const shown = { opening: index + 1, member };
        if (found === 'wrong') return [say.fail('wrong-context', shown)];
        if (found === 'previous') return [say.fail('old-context', shown)];
        const needed = needs.includes(member) || (member === 'patient' && asksForPatient);
        return found === 'absent' && needed ? [say.fail('no-context', shown)] : [];
      }),
    );
    const [first] = openings;
    for (const member of needs.filter((each) => !['patient', 'encounter'].includes(each))) {
      if (first !== undefined && !first.members.some((each) => each === member))
        verdicts.push(say.fail('no-member', { member }));
    }
    if (idToken?.readable === false) verdicts.push(say.fail('id-token-unreadable'));
    else if (idToken !== null) {
      const { signed, issuer, audience, inTime, nonce, fhirUser } = idToken;
      const wrong = [
        ...(signed ? [] : ['no key of the server signed it']),
        ...(issuer ? [] : ['another issuer']),
        ...(audience ? [] : ['another audience']),
        ...(inTime ? [] : ['over, or from the future']),
        ...(nonce ? [] : ['the nonce of another sign-in']),
      ];
      if (wrong.length > 0) verdicts.push(say.fail('id-token-unproven', { what: wrong.join(', ') }));
      if (fhirUser === 'wrong') verdicts.push(say.fail('other-user'));
      if (fhirUser === 'absent' && scopes.includes('fhirUser')) verdicts.push(say.fail('no-user'));
    }
    if (by === 'choice' && launches.some(({ mode }) => mode !== 'standalone')) verdicts.push(say.warn('by-choice'));
    if (openings.length < 2) verdicts.push(say.warn('opened-once'));
    return verdicts.length > 0 ? verdicts : say.pass({ openings: openings.length });
  },
});
