import { defineCheck } from '../../src/check.js';
import { isUserFacing } from '../../src/model/app-clients.js';

export default defineCheck({
  id: 'scope.patient-boundary',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Opened on one chart, it reaches no other',
  failureTitle: 'Opened on one chart, it reaches others',
  plain: 'While it is open on one patient, the AI can see nobody else.',
  why: 'A patient-level permission is only worth something if the server compares every record, every row and every included resource with the patient in context.',
  sends:
    'With a token opened on one test patient: reads, searches, an _include and an attachment of another test patient, and a create about them, beside the same requests about its own; the other patient’s records are found by another context. A create that succeeds is undone.',
  ask: {
    of: 'ehr-vendor',
    text: 'Open the app on one patient and show us what the EHR answers when it asks for another patient’s record, alone and by search.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Compare every record with the compartment of the patient in context: reads, rows, included resources, attachments and what is written.',
    },
    { owner: 'ehr-team', effort: 'low', text: 'Until then grant this app no patient-level access on real charts.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#patient-specific-scopes',
    'https://hl7.org/fhir/R4/compartmentdefinition-patient.html',
    'https://hl7.org/fhir/R4/security.html#6.1.0.4',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.502(b)'],
  writes: 'one',
  subjects: 'run',
  when: ({ item: { contract, organization } }) => isUserFacing(contract, organization),
  ifNone: 'not-applicable',
  reads: ['patient-boundary'],
  optional: ['patient-boundary-create'],
  messages: {
    leaked: { kind: 'proof', text: 'A {way} brought a {resourceType} of another patient ({status}).' },
    written: { kind: 'proof', text: 'A {resourceType} about another patient was created ({status}).' },
    'control-failed': { kind: 'control', text: 'The token does not read its own patient just before or after.' },
    'own-not-answered': {
      kind: 'control',
      text: 'A {way} of a {resourceType} brings nothing for the token’s own patient either ({status}).',
    },
    'no-refusal': { kind: 'control', text: 'A {way} of a {resourceType} was answered {status}, which is no refusal.' },
    'create-undecided': {
      kind: 'control',
      text: 'A create about another patient was answered {status}, which says nothing about the patient in context.',
    },
    'records-not-tried': {
      kind: 'limit',
      text: 'Only the patient was asked for: no record of both patients is known.',
    },
  },
  evaluate: ({ 'patient-boundary': facts, 'patient-boundary-create': create }, say) => {
    const { ownBefore, ownAfter, trials } = facts;
    const verdicts = trials.flatMap((trial) => {
      const { way, seen, worksForOwn } = trial;
      if (seen === 'data') return [say.fail('leaked', trial)];
      if (!ownBefore || !ownAfter) return [say.notMeasured('control-failed', 'control-failed')];
      if (seen === 'fault') return [say.notMeasured('no-refusal', 'control-failed', trial)];
      if (worksForOwn) return [];
      // A server that includes nothing, or serves no attachment to this app, has nothing to leak that way.
      return way === 'include' || way === 'attachment'
        ? []
        : [say.notMeasured('own-not-answered', 'control-failed', trial)];
    });
    if (create?.seen === 'data') verdicts.push(say.fail('written', create));
    else if (create !== undefined && (!create.ownBefore || !create.ownAfter))
      verdicts.push(say.notMeasured('control-failed', 'control-failed'));
    else if (create?.seen === 'fault' || create?.seen === 'nothing')
      verdicts.push(say.notMeasured('create-undecided', 'control-failed', create));
    if (!trials.some(({ way }) => way === 'search')) verdicts.push(say.warn('records-not-tried'));
    return verdicts.length > 0 ? verdicts : say.pass({ tried: trials.map(({ way }) => way) });
  },
});
