import { defineCheck } from '../../src/check.js';
import { isUserFacing } from '../../src/model/app-clients.js';

const isRefusal = (status: number): boolean => status < 500 && status !== 429;

export default defineCheck({
  id: 'auth.pkce',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'A stolen sign-in code opens nothing',
  failureTitle: 'A stolen sign-in code opens the record',
  plain: 'Whoever gets hold of a login code cannot do anything with it.',
  why: 'The code travels through the browser, its history and its logs; only the app that began the sign-in may turn it into access.',
  sends:
    'Sign-ins of an expendable client with another code verifier, with none, with a plain challenge and with a code sent twice, each between two right ones; then a read with the first token of the code that was sent twice.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us what the sign-in of the test system answers to a code with a wrong verifier, without one, and to a code that was used before.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Switch on PKCE with S256 for every app, and switch plain off.',
    },
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Check the verifier whenever a challenge was sent, take each code once, and end its tokens when it comes again.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/app-launch.html#considerations-for-pkce-support',
    'https://www.rfc-editor.org/rfc/rfc7636#section-4.6',
    'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization } }) => isUserFacing(contract, organization),
  ifNone: 'not-applicable',
  reads: ['code-trials'],
  messages: {
    accepted: { kind: 'proof', text: 'A code exchanged with {what} gave a token ({status}).' },
    'used-twice': { kind: 'proof', text: 'A code that was used before gave a second token ({status}).' },
    'first-lives': {
      kind: 'limit',
      text: 'A code sent twice was refused with {status}, but the token it gave the first time still works.',
    },
    'first-unknown': {
      kind: 'limit',
      text: 'A code sent twice was refused with {status}; whether its first token ended is unknown: it may read no patient.',
    },
    'no-refusal': { kind: 'control', text: 'A code with {what} was answered {status}, which is no refusal.' },
  },
  evaluate: ({ 'code-trials': { trials, reuse } }, say) => {
    const verdicts = trials.flatMap(({ way, status, token }) => {
      const shown = { what: words[way], status };
      if (token) return [say.fail('accepted', shown)];
      return isRefusal(status) ? [] : [say.notMeasured('no-refusal', 'control-failed', shown)];
    });
    if (reuse.token) verdicts.push(say.fail('used-twice', reuse));
    else if (!isRefusal(reuse.status))
      verdicts.push(say.notMeasured('no-refusal', 'control-failed', { what: 'a second use', status: reuse.status }));
    else if (reuse.firstTokenLives === true) verdicts.push(say.warn('first-lives', reuse));
    else if (reuse.firstTokenLives === null) verdicts.push(say.warn('first-unknown', reuse));
    return verdicts.length > 0 ? verdicts : say.pass({ refused: trials.length + 1 });
  },
});

const words = {
  'another-verifier': 'another verifier',
  'no-verifier': 'no verifier',
  plain: 'a plain challenge',
} as const;
