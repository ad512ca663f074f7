import { defineCheck } from '../../src/check.js';

const refusals = [401, 403, 404];

export default defineCheck({
  id: 'auth.cross-org-token',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'Token, client and patients of one organization are worth nothing at another',
  failureTitle: "One organization's key opens another organization",
  plain: 'The login of one hospital does not open the records of another one.',
  why: 'One product serves many hospitals, often from one vendor-hosted server; a token that is not tied to its organization turns one leak into all of them.',
  sends:
    "Shows this organization's token to the other organization's FHIR base, posts this organization's expendable client to the other token endpoint, and asks with the other organization's own token for this organization's patient; between reads that work at home.",
  ask: {
    of: 'ehr-vendor',
    text: 'With two test organizations, show us what the EHR of the one answers to a token, a client and a patient number of the other.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Check issuer and audience of every token against the organization in the address; keep clients and patients apart.',
    },
    { owner: 'security', effort: 'low', text: 'Stop the connection at both organizations until this is closed.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/app-launch.html#step-4-authorization-code',
    'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  ],
  maps: ['45 CFR 164.312(a)(1)'],
  writes: 'none',
  subjects: 'peer',
  ifNone: 'not-applicable',
  reads: ['cross-organization'],
  messages: {
    'token-accepted': {
      kind: 'proof',
      text: 'The other organization answered {status} with a patient to a token of this one.',
    },
    'client-accepted': {
      kind: 'proof',
      text: 'The other token endpoint gave a token to a client of this organization.',
    },
    'patient-served': {
      kind: 'proof',
      text: "The other organization's token was given a patient of this organization ({status}).",
    },
    'control-failed': {
      kind: 'control',
      text: 'The token does not work at its own organization just before and after.',
    },
    'no-refusal': { kind: 'control', text: 'The other organization answered {status}, which is no refusal.' },
    'client-not-tried': {
      kind: 'limit',
      text: 'Signing in at the other organization was not tried: no expendable client, or not agreed.',
    },
    'patient-not-tried': {
      kind: 'limit',
      text: 'The patient was not asked for with a token of the other organization: no client there.',
    },
  },
  evaluate: ({ 'cross-organization': facts }, say) => {
    const { foreignToken, foreignClient, foreignPatient, worksBefore, worksAfter } = facts;
    const taken = foreignToken.find(({ seen }) => seen === 'data');
    if (taken !== undefined) return say.fail('token-accepted', taken);
    if (foreignClient?.token === true) return say.fail('client-accepted', foreignClient);
    if (foreignPatient?.seen === 'data') return say.fail('patient-served', foreignPatient);
    if (!worksBefore || !worksAfter)
      return say.notMeasured('control-failed', 'control-failed', { worksBefore, worksAfter });
    const odd = foreignToken.find(({ status }) => !refusals.includes(status));
    if (odd !== undefined) return say.notMeasured('no-refusal', 'control-failed', odd);
    if (foreignClient === null) return say.notMeasured('client-not-tried', 'no-credential');
    if (foreignClient.status < 400 || foreignClient.status >= 500)
      return say.notMeasured('no-refusal', 'control-failed', foreignClient);
    if (foreignPatient === null) return say.warn('patient-not-tried');
    return say.pass({ token: foreignToken.map(({ status }) => status), client: foreignClient.status });
  },
});
