import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'scope.enforced',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'What the token does not allow is refused',
  failureTitle: 'Records outside the granted scopes are handed out',
  plain: 'The limits on what the AI system may see are real.',
  why: 'Scopes that are granted but not enforced look right in every document; batches and included resources are where they are most often forgotten.',
  sends:
    'Reads, searches, a batch entry, an _include and a _revinclude of types the granted scopes lack, and a create by a client with fewer scopes, each between two allowed reads of the same session. A create that succeeds is undone.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us what the EHR answers when a client asks for a kind of record its token leaves out: alone, inside a batch, and along with an allowed one.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Check the scope of every interaction, of every entry of a bundle and of every included resource.',
    },
    { owner: 'ehr-team', effort: 'low', text: 'Until then limit the client on the server by user rights.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://hl7.org/fhir/R4/security.html#6.1.0.4',
  ],
  maps: ['45 CFR 164.312(a)(1)'],
  writes: 'one',
  subjects: 'run',
  ifNone: 'no-credential',
  reads: ['scope-trials'],
  optional: ['scope-create'],
  messages: {
    leaked: { kind: 'proof', text: 'A {way} brought a {resourceType}, for which the token holds no scope ({status}).' },
    'leaked-by-reference': {
      kind: 'proof',
      text: 'A {way} brought a {resourceType}, for which the token holds no scope, or records of another patient ({status}).',
    },
    written: { kind: 'proof', text: 'A {resourceType} was created with a token that holds no such scope ({status}).' },
    'control-failed': { kind: 'control', text: 'The session was refused what it may read, just before or after.' },
    'not-shown-to-exist': {
      kind: 'control',
      text: 'A {way} of a {resourceType} was answered {status}; nobody has shown that the object exists.',
    },
    fault: { kind: 'control', text: 'A {way} of a {resourceType} ended in a fault of the server ({status}).' },
    'create-undecided': {
      kind: 'control',
      text: 'A create of a {resourceType} was answered {status}, which says nothing about scopes.',
    },
    'unusual-answer': {
      kind: 'limit',
      text: 'A {way} of a {resourceType} was answered {status} instead of 403; no data came.',
    },
    'nothing-tried': { kind: 'limit', text: 'No object outside the granted scopes is known.' },
  },
  evaluate: ({ 'scope-trials': facts, 'scope-create': create }, say) => {
    const { trials, notTried, allowedBefore, allowedAfter } = facts;
    const verdicts = trials.flatMap((trial) => {
      const { way, seen, shownToExist } = trial;
      if (seen === 'data') return [say.fail(way === 'reverse include' ? 'leaked-by-reference' : 'leaked', trial)];
      if (!allowedBefore || !allowedAfter) return [say.notMeasured('control-failed', 'control-failed', trial)];
      if (seen === 'fault') return [say.notMeasured('fault', 'control-failed', trial)];
      if (
        seen === 'refused' ||
        (seen === 'hidden' && shownToExist) ||
        (seen === 'nothing' && (way === 'include' || way === 'reverse include'))
      )
        return [];
      return [
        seen === 'hidden' || (seen === 'nothing' && !shownToExist)
          ? say.notMeasured('not-shown-to-exist', 'no-test-object', trial)
          : say.warn('unusual-answer', trial),
      ];
    });
    if (create !== undefined) {
      if (create.seen === 'data') verdicts.push(say.fail('written', create));
      else if (!create.allowedBefore || !create.allowedAfter)
        verdicts.push(say.notMeasured('control-failed', 'control-failed', create));
      else if (create.seen !== 'refused' && create.seen !== 'hidden')
        verdicts.push(say.notMeasured('create-undecided', 'control-failed', create));
    }
    if (trials.length === 0) verdicts.push(say.notMeasured('nothing-tried', 'no-test-object', { notTried }));
    const tried = trials.map(({ way, resourceType }) => `${way} ${resourceType}`);
    return verdicts.length > 0
      ? verdicts
      : say.pass({ tried: create === undefined ? tried : [...tried, `create ${create.resourceType}`], notTried });
  },
});
