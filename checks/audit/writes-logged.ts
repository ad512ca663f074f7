import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';
import { lowerBound } from '../../src/model/shares.js';

const fewest = 3;
const percent = (share: number): number => Math.round(share * 1000) / 10;

export default defineCheck({
  id: 'audit.writes-logged',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Every write is in the audit log, with object and version',
  failureTitle: 'A change left no trace in the audit log',
  plain: 'Whatever the AI changes can be traced afterwards.',
  why: 'A single change that nobody can attribute is enough to make every other entry doubtful.',
  sends:
    'Nothing of its own but reading the log: every create, update, patch and delete of the run, its undo and cleanup too, is looked for by object, version, client and time.',
  ask: {
    of: 'ehr-team',
    text: 'After the product has created, changed and removed one test record, show us the log entry of each step, with the record and its version.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'medium', text: 'Switch on audit of changes for API clients, deletes included.' },
    {
      owner: 'ehr-vendor',
      effort: 'high',
      text: 'Name the version in the audit record: entity.what as Type/id/_history/version.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(b)',
    'https://profiles.ihe.net/ITI/BALP/content.html',
  ],
  maps: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item }) =>
    (item.contract.actions ?? []).some((action) => writesSomething(action) && action.via !== 'screen'),
  ifNone: 'not-applicable',
  reads: ['writes-in-log'],
  messages: {
    unlogged: { kind: 'proof', text: '{missing} of {expected} writes are not in the log, also on looking again.' },
    'no-version': { kind: 'limit', text: '{withoutVersion} of {found} records do not name the version that was made.' },
    ambiguous: { kind: 'limit', text: '{ambiguous} of {found} records could belong to another write as well.' },
    'left-over': { kind: 'limit', text: '{leftOver} records of the run’s clients belong to no write that was sent.' },
    'too-few': { kind: 'limit', text: 'Only {expected} writes were there to look for.' },
  },
  evaluate: ({ 'writes-in-log': log }, say) => {
    const { expected, found, ambiguous, leftOver, withoutVersion, byRequestId, kinds } = log;
    const missing = expected - found;
    const shown = {
      expected,
      found,
      missing,
      byRequestId,
      atLeastPercent: percent(lowerBound(found, expected)),
      ...(log.missingExamples.length === 0 ? {} : { lookUp: log.missingExamples }),
    };
    if (missing > 0) {
      return say.fail('unlogged', { ...shown, kinds: kinds.filter((kind) => kind.found < kind.expected) });
    }
    if (expected < fewest) return say.notMeasured('too-few', 'too-few', shown);
    const limits = [
      ...(withoutVersion > 0 ? [say.warn('no-version', { ...shown, withoutVersion })] : []),
      ...(ambiguous > 0 ? [say.warn('ambiguous', { ...shown, ambiguous })] : []),
      ...(leftOver > 0 ? [say.warn('left-over', { ...shown, leftOver })] : []),
    ];
    return limits.length > 0 ? limits : say.pass(shown);
  },
});
