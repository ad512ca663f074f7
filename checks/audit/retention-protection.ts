import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';
import { parseDurationMs } from '../../src/model/documents/duration.js';

/** How long documentation is kept by 45 CFR 164.316(b)(2)(i); whether it binds raw logs is contested. */
const yearsAsked = 6;
const askedMs = parseDurationMs(`P${yearsAsked}Y`);
const dayMs = parseDurationMs('P1D');

export default defineCheck({
  id: 'audit.retention-protection',
  kind: 'attest',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'The audit log is kept for years, cannot be edited, and is looked at',
  failureTitle: 'The audit log vanishes or can be edited',
  plain: 'Years later one can still see what the AI did, and nobody has touched the record of it.',
  why: 'A log that whoever made the mistake can edit, or that is gone when a complaint comes, answers nothing.',
  sends:
    'Nothing. Reads the statement `audit-retention` of the organization file; the document behind it is not reviewed.',
  ask: {
    of: 'security',
    text: 'Show us the setting that makes the audit log append-only, how long it is kept, the last review of it, and who may read it.',
  },
  remedy: [
    { owner: 'security', effort: 'medium', text: 'Move the log to a write-once store and keep it for six years.' },
    {
      owner: 'security',
      effort: 'low',
      text: 'State it in the organization file: attestation audit-retention with owner, end date and its points under log.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.316#p-164.316(b)(2)(i)',
    'https://www.ecfr.gov/current/title-45/section-164.308#p-164.308(a)(1)(ii)(D)',
    'https://www.ecfr.gov/current/title-45/section-164.528',
    'https://csrc.nist.gov/pubs/sp/800/66/r2/final',
  ],
  maps: ['45 CFR 164.316(b)(2)(i)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.528'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['log-retention'],
  messages: {
    editable: { kind: 'proof', text: 'It is stated that audit records can be changed or removed.' },
    'not-kept': { kind: 'proof', text: 'It is stated that the audit log is not kept.' },
    short: { kind: 'limit', text: 'Kept {days} days, less than six years: {reason}.' },
    'short-unexplained': {
      kind: 'undecided',
      text: 'Kept {days} days, less than six years, and no documented reason is stated.',
    },
    'points-not-stated': { kind: 'undecided', text: 'The statement leaves open: {points}.' },
    'nobody-stands-for-it': { kind: 'undecided', text: 'The statement has no owner or no end date.' },
    expired: { kind: 'control', text: 'The statement ended on {expires}.' },
  },
  evaluate: ({ 'log-retention': log }, say, _subject, { startedAt }) => {
    const { owner, expires, keptForMs, shorterBecause, appendOnly, readBy, reviewedEveryMs, disclosures, clock } = log;
    const days = keptForMs === null ? null : Math.floor(keptForMs / dayMs);
    const short = keptForMs !== null && keptForMs < askedMs;
    const contradicted = [
      ...(appendOnly === false ? [say.fail('editable')] : []),
      ...(days === 0 ? [say.fail('not-kept')] : []),
    ];
    if (contradicted.length > 0) return contradicted;
    if (owner === null || expires === null) return say.notMeasured('nobody-stands-for-it', 'undecided');
    if (daysUntil(expires, startedAt.slice(0, 10)) < 0) return say.notMeasured('expired', 'expired', { expires });
    const points = Object.entries({
      'how long it is kept': keptForMs,
      'whether it is append-only': appendOnly,
      'who may read it': readBy,
      'how often it is reviewed': reviewedEveryMs,
      'how disclosures are accounted for': disclosures,
      'where its clock comes from': clock,
    }).flatMap(([point, value]) => (value === null ? [point] : []));
    if (points.length > 0) return say.notMeasured('points-not-stated', 'undecided', { points });
    if (short && shorterBecause === null) return say.notMeasured('short-unexplained', 'undecided', { days });
    if (short) return say.warn('short', { days, reason: shorterBecause });
    return say.pass({ statedBy: owner, expires, days, reviewedEveryDays: (reviewedEveryMs ?? 0) / dayMs });
  },
});
