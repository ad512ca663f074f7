import { defineCheck } from '../../src/check.js';
import { lettersWithout } from '../../src/fhir/scopes.js';

export default defineCheck({
  id: 'scope.role',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Each role may do what the contract says, and nothing else',
  failureTitle: 'A role may do what the contract denies it',
  plain: 'The front desk, the nurse and the AI system each see and change only what is theirs.',
  why: 'A scope limits a program, not a person; who may see what is decided by the rights of the role behind the session.',
  sends:
    'For each role and resource type one allowed and one forbidden reading with the context of that role, of an object which the AI system has read, and one forbidden change of an object the run made; between readings the role may do.',
  ask: {
    of: 'ehr-team',
    text: 'Sign in once as each role, the product’s own included, and show us one thing it can see or change and one thing it is refused.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'medium', text: 'Correct the security class or role template of the account named.' },
    { owner: 'vendor', effort: 'medium', text: 'Map product roles to accounts of their own, one per role.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/security.html#6.1.0.4',
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.514(d)'],
  writes: 'one',
  subjects: 'cell',
  ifNone: 'undecided',
  reads: ['cell-reading'],
  optional: ['cell-change'],
  aggregate: { notMeasuredShare: 0.2 },
  messages: {
    'forbidden-reading': {
      kind: 'proof',
      text: 'Role {role} may not {doing} a {resourceType}, and was given one ({status}).',
    },
    'forbidden-change': {
      kind: 'proof',
      text: 'Role {role} may not {doing} a {resourceType}, and it was carried out ({status}).',
    },
    'allowed-refused': { kind: 'limit', text: 'Role {role} may {doing} a {resourceType}, and was answered {status}.' },
    'held-all-the-same': {
      kind: 'limit',
      text: 'The token of role {role} holds {letters} on {resourceType}, which the contract denies and reading cannot try.',
    },
    'control-failed': {
      kind: 'control',
      text: 'Role {role} was refused a {resourceType}, but also what it may read, just before or after.',
    },
    undecided: {
      kind: 'control',
      text: 'Role {role} was answered {status} for a {resourceType}, which is no refusal.',
    },
  },
  evaluate: ({ 'cell-reading': reading, 'cell-change': change }, say, { item: { role, resourceType } }) => {
    const { allowed, forbidden } = reading;
    const of = ({ letter, status }: { letter: string; status: number }) => ({
      role,
      resourceType,
      status,
      doing: { c: 'create', r: 'read', u: 'change', d: 'delete', s: 'search for' }[letter] ?? letter,
    });
    const verdicts = [];
    if (forbidden?.seen === 'data') verdicts.push(say.fail('forbidden-reading', of(forbidden)));
    else if (forbidden !== null && !(reading.allowedBefore && reading.allowedAfter))
      verdicts.push(say.notMeasured('control-failed', 'control-failed', of(forbidden)));
    else if (forbidden?.seen === 'fault' || forbidden?.seen === 'unusual')
      verdicts.push(say.notMeasured('undecided', 'control-failed', of(forbidden)));
    if (allowed !== null && allowed.seen !== 'data') verdicts.push(say.warn('allowed-refused', of(allowed)));
    if (change?.seen === 'data') verdicts.push(say.fail('forbidden-change', of(change)));
    else if (change !== undefined && !(change.allowedBefore && change.allowedAfter))
      verdicts.push(say.notMeasured('control-failed', 'control-failed', of(change)));
    else if (change !== undefined && change.seen !== 'refused' && change.seen !== 'hidden')
      verdicts.push(say.notMeasured('undecided', 'control-failed', of(change)));
    const held = lettersWithout(reading.grantedAllTheSame, change?.letter ?? '');
    if (held !== '') verdicts.push(say.warn('held-all-the-same', { role, resourceType, letters: held }));
    const notTried = lettersWithout(reading.notTried, change?.letter ?? '');
    return verdicts.length > 0
      ? verdicts
      : say.pass({
          allowed: allowed?.letter ?? '',
          forbidden: `${forbidden?.letter ?? ''}${change?.letter ?? ''}`,
          notTried,
        });
  },
});
