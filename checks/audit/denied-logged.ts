import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'audit.denied-logged',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Refused requests and refused sign-ins are in the audit log',
  failureTitle: 'Refusals leave no trace in the audit log',
  plain: 'Whoever tries what they may not do is seen.',
  why: 'Misuse begins with refusals: a stolen key, a product that asks for another clinic’s patients. A log of successes alone hides them.',
  sends:
    'Nothing of its own but reading the log: the requests that other checks had refused with 401 or 403, and the sign-ins they had refused, are looked for one to one.',
  ask: {
    of: 'ehr-team',
    text: 'Show us the log entries of one request and one sign-in your EHR refused: who tried, what for, when, and that it was refused.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Log authorization failures of API clients with an outcome that says so.',
    },
    {
      owner: 'security',
      effort: 'medium',
      text: 'Where a gateway refuses first, state that its log is kept and who reads it.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/security.html#AccessDenied',
    'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.outcome',
    'https://profiles.ihe.net/ITI/BALP/content.html',
  ],
  maps: ['45 CFR 164.312(b)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-applicable',
  reads: ['refusals-in-log'],
  messages: {
    unlogged: { kind: 'proof', text: 'None of {expected} refusals is in the log.' },
    'kind-unlogged': { kind: 'limit', text: 'Of {of} refusals of kind {kind}, {inLog} are in the log.' },
    'logged-as-success': {
      kind: 'limit',
      text: '{withoutFailure} of {found} records of refusals do not say that the request was refused.',
    },
    'left-over': { kind: 'limit', text: '{leftOver} records of refusals belong to nothing that was sent.' },
    'no-refusals': { kind: 'limit', text: 'Nothing was refused in this run, so there was nothing to look for.' },
  },
  evaluate: ({ 'refusals-in-log': log }, say) => {
    const { expected, found, leftOver, withoutFailure, byRequestId, kinds } = log;
    const shown = {
      expected,
      found,
      byRequestId,
      kinds: kinds.map(({ kind }) => kind),
      ...(log.missingExamples.length === 0 ? {} : { lookUp: log.missingExamples }),
    };
    if (expected === 0) return say.notMeasured('no-refusals', 'too-few', shown);
    if (found === 0) return say.fail('unlogged', shown);
    const limits = [
      ...kinds
        .filter((kind) => kind.found < kind.expected)
        .map((kind) => say.warn('kind-unlogged', { ...shown, kind: kind.kind, of: kind.expected, inLog: kind.found })),
      ...(withoutFailure > 0 ? [say.warn('logged-as-success', { ...shown, withoutFailure })] : []),
      ...(leftOver > 0 ? [say.warn('left-over', { ...shown, leftOver })] : []),
    ];
    return limits.length > 0 ? limits : say.pass(shown);
  },
});
