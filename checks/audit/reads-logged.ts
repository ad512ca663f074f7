import { defineCheck } from '../../src/check.js';
import { lowerBound, rateLevel } from '../../src/model/shares.js';

/** With none missing, 59 accesses show at least 95 %. */
const enough = 59;
const fewest = 5;
/** A kind that was tried only once or twice says little about the kind. */
const fewestOfKind = 3;
const allowedMissing = 0.05;
const percent = (share: number): number => Math.round(share * 1000) / 10;

export default defineCheck({
  id: 'audit.reads-logged',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Every read and search is in the audit log',
  failureTitle: 'Reads through the interface are missing from the audit log',
  plain: 'Whenever the AI looks at a chart, the EHR writes it down.',
  why: 'After an incident somebody has to say what the product saw. A log kept for screens does not always see the interface.',
  sends:
    'Nothing of its own but reading the log: every read and search of the run carries a request id, and is looked for afterwards, one to one, in the AuditEvents or in an export brought by collect.',
  ask: {
    of: 'ehr-team',
    text: 'Let us read and search a test patient at times we write down, then show us the log entry of each of these accesses: which client, which record, when.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Switch on access audit for API clients, for every resource type read here.',
    },
    {
      owner: 'ehr-vendor',
      effort: 'high',
      text: 'Keep X-Request-Id in the audit record, so that a request can be found by it.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(b)',
    'https://profiles.ihe.net/ITI/BALP/content.html',
  ],
  maps: ['45 CFR 164.312(b)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-applicable',
  reads: ['reads-in-log'],
  messages: {
    'kind-missing': { kind: 'proof', text: 'None of {expected} accesses of kind {kind} is in the log.' },
    'too-many-missing': {
      kind: 'rate',
      text: '{missing} of {expected} reads and searches are missing from the log, at least {atLeastPercent} % (99 %).',
    },
    'some-missing': {
      kind: 'limit',
      text: '{missing} of {expected} reads and searches are missing from the log; that does not decide about 5 %.',
    },
    ambiguous: { kind: 'limit', text: '{ambiguous} of {found} records could belong to another access as well.' },
    'left-over': { kind: 'limit', text: '{leftOver} records of the run’s clients belong to nothing that was sent.' },
    few: {
      kind: 'limit',
      text: 'All {found} of {expected} were found, which shows at least {atLeastPercent} % (95 %).',
    },
    'too-few': { kind: 'limit', text: 'Only {expected} reads and searches were there to look for.' },
  },
  evaluate: ({ 'reads-in-log': log }, say) => {
    const { expected, found, ambiguous, leftOver, byRequestId, kinds, oncePerMinute } = log;
    const missing = expected - found;
    const shown = {
      exchanges: log.sent,
      expected,
      found,
      missing,
      byRequestId,
      oncePerMinute,
      atLeastPercent: percent(lowerBound(found, expected)),
      ...(log.missingExamples.length === 0 ? {} : { lookUp: log.missingExamples }),
    };
    const absent = kinds.filter((kind) => kind.expected >= fewestOfKind && kind.found === 0);
    if (absent.length > 0) {
      return absent.map((kind) =>
        say.fail('kind-missing', {
          ...shown,
          kind: kind.kind,
          expected: kind.expected,
          found: 0,
          missing: kind.expected,
        }),
      );
    }
    const missingAtLeast = lowerBound(missing, expected, rateLevel(1));
    if (missingAtLeast > allowedMissing) {
      return say.fail('too-many-missing', { ...shown, atLeastPercent: percent(missingAtLeast) });
    }
    if (expected < fewest) return say.notMeasured('too-few', 'too-few', shown);
    const limits = [
      ...(missing > 0 ? [say.warn('some-missing', shown)] : []),
      ...(missing === 0 && expected < enough ? [say.warn('few', shown)] : []),
      ...(ambiguous > 0 ? [say.warn('ambiguous', { ...shown, ambiguous })] : []),
      ...(leftOver > 0 ? [say.warn('left-over', { ...shown, leftOver })] : []),
    ];
    return limits.length > 0 ? limits : say.pass(shown);
  },
});
