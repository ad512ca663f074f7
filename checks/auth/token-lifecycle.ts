import { defineCheck, type Verdict } from '../../src/check.js';

export default defineCheck({
  id: 'auth.token-lifecycle',
  kind: 'probe',
  severity: 'major',
  blocks: 'auth',
  title: 'A token that has ended or was withdrawn opens nothing',
  failureTitle: 'A token works after its end, or after it was withdrawn',
  plain: 'Access ends when it is withdrawn, and by itself soon after.',
  why: 'A service that is dismissed, or whose token was stolen, keeps access for as long as the server honours what it once gave.',
  sends:
    'Keeps a token of the expendable client from the beginning of the run and uses it after its end; asks about another one (introspection), revokes it and uses it again. Fresh tokens of the same client work before, between and after. The wait for an end is at most 90 seconds. Refresh tokens, which a backend service has none of, and withdrawal by an administrator are not tried.',
  ask: {
    of: 'ehr-team',
    text: 'Revoke a token of a test client, and the client itself, and show us after how many minutes the next request is refused.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Check the end of a token and its withdrawal at every request; let tokens live for five minutes.',
    },
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Offer introspection and revocation, and name both in the discovery document.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/token-introspection.html',
    'https://hl7.org/fhir/smart-app-launch/app-launch.html',
    'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
    'https://www.rfc-editor.org/rfc/rfc7009#section-2',
    'https://www.rfc-editor.org/rfc/rfc7662#section-2.2',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(C)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'no-credential',
  reads: ['early-token', 'token-life'],
  messages: {
    'ended-works': {
      kind: 'proof',
      text: 'A token still opened a record {secondsAfter} s after its end ({status}).',
    },
    'revoked-works': {
      kind: 'proof',
      text: 'A token the server said it had revoked still opened a record {secondsAfter} s later ({status}).',
    },
    'called-active': {
      kind: 'proof',
      text: 'The introspection endpoint calls a token active that {which}.',
    },
    'called-inactive': { kind: 'limit', text: 'The introspection endpoint does not call a token active that works.' },
    'introspection-lacks': {
      kind: 'limit',
      text: 'The introspection endpoint does not state {lacking} of a token that works.',
    },
    'introspection-refused': {
      kind: 'limit',
      text: 'The introspection endpoint answers {status} to the client whose token it is.',
    },
    'other-refusal': { kind: 'limit', text: 'A token past its end is answered {status} instead of 401.' },
    'not-offered': { kind: 'limit', text: 'The discovery document names no endpoint for {what}.' },
    'revocation-refused': {
      kind: 'limit',
      text: 'The revocation endpoint answered {status} to the client whose token it is.',
    },
    'not-listed': {
      kind: 'limit',
      text: 'The endpoint for {what} lies at another origin than the token URL, and was not asked.',
    },
    'not-ended': {
      kind: 'limit',
      text: 'The token lives for {expiresInSeconds} s; its end was too far away to wait for.',
    },
    'end-not-stated': { kind: 'limit', text: 'The answer states no lifetime, so the end of the token is not known.' },
    'control-failed': {
      kind: 'control',
      text: 'Fresh tokens of the same client do not work just before and after; a refusal says nothing.',
    },
    undecided: { kind: 'control', text: 'The server answered {status} to a token that {which}, which is no refusal.' },
  },
  evaluate: ({ 'early-token': early, 'token-life': life }, say) => {
    const { worksBefore, worksBetween, worksAfter, afterEnd, usedRevoked, introspected } = life;
    const verdicts: Verdict[] = [];
    const { expiresInSeconds } = early;
    if (afterEnd?.seen === 'data') verdicts.push(say.fail('ended-works', afterEnd));
    else if (afterEnd === null)
      verdicts.push(
        expiresInSeconds === null
          ? say.notMeasured('end-not-stated', 'too-coarse')
          : say.notMeasured('not-ended', 'not-yet', { expiresInSeconds }),
      );
    else if (!early.works || !worksBefore || !worksBetween)
      verdicts.push(
        say.notMeasured('control-failed', 'control-failed', { early: early.works, worksBefore, worksBetween }),
      );
    else if (afterEnd.seen === 'fault' || afterEnd.seen === 'nothing')
      verdicts.push(say.notMeasured('undecided', 'control-failed', { ...afterEnd, which: 'has ended' }));
    else if (afterEnd.status !== 401) verdicts.push(say.warn('other-refusal', afterEnd));

    const last = usedRevoked.at(-1);
    if (last?.seen === 'data') verdicts.push(say.fail('revoked-works', last));
    else if (last !== undefined && (!worksBetween || !worksAfter))
      verdicts.push(say.notMeasured('control-failed', 'control-failed', { worksBetween, worksAfter }));
    else if (last?.seen === 'fault' || last?.seen === 'nothing')
      verdicts.push(say.notMeasured('undecided', 'control-failed', { ...last, which: 'was revoked' }));
    else if (last === undefined && life.revocationStatus !== null)
      verdicts.push(say.warn('revocation-refused', { status: life.revocationStatus }));

    const offered = { introspection: life.introspection, revocation: life.revocation };
    for (const [what, state] of Object.entries(offered)) {
      if (state === 'not-named') verdicts.push(say.warn('not-offered', { what }));
      if (state === 'not-listed') verdicts.push(say.notMeasured('not-listed', 'origin-not-listed', { what }));
    }
    if (life.endedIsActive === true && introspected?.active === true)
      verdicts.push(say.fail('called-active', { which: 'has ended' }));
    if (life.revokedIsActive === true && introspected?.active === true)
      verdicts.push(say.fail('called-active', { which: 'was revoked' }));
    if (introspected !== null && introspected.status >= 400)
      verdicts.push(say.warn('introspection-refused', introspected));
    else if (introspected !== null && introspected.active !== true) verdicts.push(say.warn('called-inactive'));
    else if (introspected !== null) {
      const lacking = ['scope', 'client_id', 'exp'].filter(
        (member) => !introspected.states.some((one) => one === member),
      );
      if (lacking.length > 0) verdicts.push(say.warn('introspection-lacks', { lacking }));
    }
    return verdicts.length > 0
      ? verdicts
      : say.pass({ expiresInSeconds, secondsAfter: afterEnd?.secondsAfter, revokedAfterSeconds: last?.secondsAfter });
  },
});
