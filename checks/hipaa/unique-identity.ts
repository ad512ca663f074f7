import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';
import type { FactValue } from '../../src/model/fact.js';

const strength = 'mfa';

export default defineCheck({
  id: 'hipaa.unique-identity',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'Every person and every service signs in under a name of its own',
  failureTitle: 'Several people or services act under one name',
  plain: 'One can tell later who did it: each person and each program has a name of its own.',
  why: 'Where everyone is "api-user", nobody can be asked what happened, and no single access can be withdrawn.',
  sends:
    'Nothing of its own. Compares the sign-ins of the organization files, looks for the password grant in the SMART configuration, and compares whom the audit log names for the requests of each client of the run.',
  ask: {
    of: 'security',
    text: 'Show us the list of sign-ins and API clients with the person or program behind each, how each proves who it is, and one log entry of two of them.',
  },
  remedy: [
    { owner: 'security', effort: 'medium', text: 'Register one client for each service and one user for each person.' },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Let the audit log name the client and the person of each access; switch the password grant off.',
    },
    { owner: 'operator', effort: 'low', text: 'Name a sign-in of its own for each context of the organization file.' },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://www.rfc-editor.org/rfc/rfc9700#section-2.4',
    'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.agent',
  ],
  maps: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['logins'],
  optional: ['agents-in-log', 'smart-configuration'],
  messages: {
    'shared-person': { kind: 'proof', text: 'One person’s sign-in is used for {holders}.' },
    'shared-client': { kind: 'proof', text: 'One client is used for {holders}.' },
    'password-grant': { kind: 'proof', text: 'Clients may sign in with a person’s user name and password.' },
    'one-agent': { kind: 'proof', text: 'The audit log names the same agents for the clients {bindings}.' },
    'person-behind-client': {
      kind: 'limit',
      text: 'One client acts for {holders}; the audit log names each person behind it.',
    },
    'no-log': { kind: 'control', text: 'Whom the audit log names was not seen.' },
    'no-agents': { kind: 'control', text: 'The log as it was read names nobody for the client {binding}.' },
    'one-client': { kind: 'control', text: 'The log holds requests of {clients} client; two can be told apart.' },
    'no-document': { kind: 'control', text: 'Whether the password grant is offered is not known.' },
    'strength-not-stated': {
      kind: 'undecided',
      text: 'Nobody states, with owner and end date, how people prove who they are (attestation mfa); {who} should.',
    },
    'strength-expired': { kind: 'control', text: 'The statement of how people prove who they are is out of date.' },
  },
  evaluate: (facts, say, { item: { organization } }, { startedAt }) => {
    const { logins, 'agents-in-log': log, 'smart-configuration': document } = facts;
    const shared = logins.filter(({ of, holders }) =>
      of === 'person' ? differ(holders, 'role') || differ(holders, 'organization') : differ(holders, 'role'),
    );
    const named = new Set(log?.bindings.flatMap(({ people }) => people));
    const known = (log?.bindings ?? []).filter(({ agents }) => agents.length > 0);
    // A claim beside what was measured; it is printed, and lends the verdict no grade.
    const statements = (organization.attestations ?? []).filter(
      ({ id, owner, expires }) =>
        (id === strength || id.startsWith(`${strength}-`)) && owner !== undefined && expires !== undefined,
    );
    const current = statements.filter(({ expires }) => daysUntil(expires ?? '', startedAt.slice(0, 10)) >= 0);
    const sources = organization.audit?.sources ?? [];
    const verdicts = [
      ...shared.map(({ of, holders }) => {
        const data = { holders: holders.map(({ organization: at, context, role }) => `${context} (${role}, ${at})`) };
        if (of === 'person') return say.fail('shared-person', data);
        const everybody = holders.every(({ context }) => named.has(context));
        return everybody ? say.warn('person-behind-client', data) : say.fail('shared-client', data);
      }),
      ...(document?.grantTypes?.includes('password') === true ? [say.fail('password-grant')] : []),
      ...alike(known, logins).map((bindings) => say.fail('one-agent', { bindings })),
      ...(document?.found === true ? [] : [say.notMeasured('no-document', 'prerequisite-failed')]),
      ...(log === undefined ? [say.notMeasured('no-log', sources.length === 0 ? 'undecided' : 'not-yet')] : []),
      ...(log?.bindings ?? [])
        .filter(({ agents }) => agents.length === 0)
        .map(({ binding }) => say.notMeasured('no-agents', 'prerequisite-failed', { binding })),
      ...(log !== undefined && log.bindings.length < 2
        ? [say.notMeasured('one-client', 'too-few', { clients: log.bindings.length })]
        : []),
      ...(statements.length === 0
        ? [say.notMeasured('strength-not-stated', 'undecided', { who: 'the security officer' })]
        : []),
      ...(statements.length > 0 && current.length === 0 ? [say.notMeasured('strength-expired', 'expired')] : []),
    ];
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      logins: logins.length,
      clientsInLog: known.length,
      statedBy: current.map(({ owner, expires }) => `${owner} until ${expires}`),
    });
  },
});

type Login = FactValue<'logins'>[number];

const differ = (holders: Login['holders'], by: 'role' | 'organization'): boolean =>
  new Set(holders.map((holder) => holder[by])).size > 1;

/** Groups of clients for which the log names the very same agents, unless they are one client under two names. */
function alike(bindings: FactValue<'agents-in-log'>['bindings'], logins: readonly Login[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { binding, agents } of bindings) {
    const key = agents.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), binding]);
  }
  const oneClient = (group: readonly string[]): boolean =>
    logins.some(
      ({ of, holders }) => of === 'client' && group.every((name) => holders.some(({ binding }) => binding === name)),
    );
  return [...groups.values()].filter((group) => group.length > 1 && !oneClient(group));
}
