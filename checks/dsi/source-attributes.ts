import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const sheet = 'dsi-source-attributes';
// 45 CFR 170.315(b)(11)(iv)(B), drawn together by what a reader asks.
const items = [
  'intended-use',
  'users',
  'cautions',
  'inputs',
  'training-population',
  'validation-population',
  'performance',
  'fairness',
  'monitoring',
  'update-date',
];

export default defineCheck({
  id: 'dsi.source-attributes',
  kind: 'attest',
  severity: 'minor',
  blocks: 'product',
  title: 'It is published what the model was built for and on which data',
  failureTitle: 'The model facts sheet does not cover this use',
  plain: 'One can read what the model was made for, on whom it was tried, and where it is known to be weak.',
  why: 'A model is used beyond what it was built for, and nobody notices, because nobody wrote down what that was.',
  sends: 'Nothing. Reads the attestation of the model facts sheet; the sheet itself is not reviewed.',
  ask: {
    of: 'vendor',
    text: 'Send us the model facts sheet: intended use and users, cautions, inputs, training and validation population, performance, fairness, monitoring, and the date of the last update.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Publish the sheet, say in it which use it covers, and list what it holds under covers.',
    },
    {
      owner: 'clinical-owner',
      effort: 'low',
      text: 'Read the cautions before the trial, and name who reads the next version.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-170.315#p-170.315(b)(11)(iv)',
    'https://www.federalregister.gov/documents/2024/01/09/2023-28857/health-data-technology-and-interoperability-certification-program-updates-algorithm-transparency-and',
  ],
  maps: ['45 CFR 170.315(b)(11)(iv)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => contract.dataHandling?.modelUse?.predictive === true,
  ifNone: 'not-applicable',
  reads: ['attestations'],
  messages: {
    'other-use': {
      kind: 'proof',
      text: 'It is stated that the model facts sheet does not cover this tool or this use.',
    },
    partial: {
      kind: 'limit',
      text: 'The sheet is stated to exist, and not to hold or not said to hold: {items} (list as of {asOf}, unverified after; look up before relying on it).',
    },
    'not-stated': {
      kind: 'undecided',
      text: 'Nobody states, with owner and end date, that there is a model facts sheet; {who} should.',
    },
    expired: { kind: 'control', text: 'The statement about the model facts sheet ended on {day}.' },
  },
  evaluate: ({ attestations }, say, { item: { organization } }, { startedAt }) => {
    const { asOf = 'an unknown day', hti5Final = 'unknown' } = organization.regulatory ?? {};
    const about = (name: string) => attestations.filter(({ id }) => id === name || id.startsWith(`${name}-`));
    if (about(`no-${sheet}`).length > 0) return say.fail('other-use');
    const complete = about(sheet).flatMap(({ owner, expires, covers = [] }) =>
      owner === null || expires === null ? [] : [{ expires, covers }],
    );
    const latest = complete
      .map(({ expires }) => expires)
      .sort()
      .at(-1);
    if (latest === undefined) return say.notMeasured('not-stated', 'not-yet', { who: 'the vendor' });
    const today = startedAt.slice(0, 10);
    const inDate = complete.filter(({ expires }) => daysUntil(expires, today) >= 0);
    if (inDate.length === 0) return say.notMeasured('expired', 'expired', { day: latest });
    const covered = new Set(inDate.flatMap(({ covers }) => covers));
    const missing = items.filter((item) => !covered.has(item));
    return missing.length > 0
      ? say.warn('partial', { items: missing, asOf })
      : say.pass({ items: items.length, until: latest, listAsOf: asOf, hti5Final });
  },
});
