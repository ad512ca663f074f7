import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const items = [
  'risk-analysis',
  'encryption-at-rest',
  'integrity',
  'backup-restore',
  'incident-notice',
  'incident-contact',
  'workforce-access-review',
  'no-training',
  'disposal',
];
const soonDays = 60;

export default defineCheck({
  id: 'hipaa.safeguards-attested',
  kind: 'attest',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'Each safeguard is stated by somebody, for every party, in date',
  failureTitle: 'A party that sees patient data has no agreement',
  plain: 'Somebody stands for each promise about patient data, by name and with a date.',
  why: 'A safeguard nobody signed for is found missing after the incident; an agreement with one party covers no other.',
  sends: 'Nothing. Reads the attestations of the organization file; the documents behind them are not reviewed.',
  ask: {
    of: 'vendor',
    text: 'Hand us the signed statement behind each safeguard, with date and owner: risk analysis, agreements with every party that sees patient data, encryption at rest, restore test, incident notice.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Hand in the missing statements with owner, date and digest of the document.',
    },
    {
      owner: 'privacy',
      effort: 'medium',
      text: 'Sign an agreement with each party of the data flow, model hosts included.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.308',
    'https://www.ecfr.gov/current/title-45/section-164.314',
    'https://csrc.nist.gov/pubs/sp/800/66/r2/final',
  ],
  maps: ['45 CFR 164.308(a)(1)(ii)(A)', '45 CFR 164.308(b)', '45 CFR 164.312(c)(1)', '45 CFR 164.314(a)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['attestations'],
  messages: {
    'no-agreement': { kind: 'proof', text: 'It is stated that {party}, which sees patient data, has no agreement.' },
    'expires-soon': { kind: 'limit', text: 'Expiring within {days} days: {items}.' },
    'not-stated': { kind: 'undecided', text: 'Nobody states, with owner and end date: {items}; {who} should.' },
    expired: { kind: 'control', text: 'Out of date: {items}.' },
    'no-parties': {
      kind: 'undecided',
      text: 'The contract does not say which parties see patient data; {who} should.',
    },
  },
  evaluate: ({ attestations }, say, { item: { contract } }, { startedAt }) => {
    const { phiStores = [], flows = [] } = contract.dataHandling ?? {};
    const parties = [...new Set([...phiStores, ...flows].flatMap(({ party }) => party ?? []))];
    const about = (item: string) => attestations.filter(({ id }) => id === item || id.startsWith(`${item}-`));
    const wanted = [...items, ...parties.map((party) => `baa-${party}`)];
    const states = wanted.map((item) => {
      const complete = about(item).filter(({ owner, expires }) => owner !== null && expires !== null);
      const left = complete.map(({ expires }) => daysUntil(expires ?? '', startedAt.slice(0, 10)));
      return { item, daysLeft: left.length === 0 ? undefined : Math.max(...left) };
    });
    const these = (keep: (daysLeft: number | undefined) => boolean): string[] =>
      states.filter(({ daysLeft }) => keep(daysLeft)).map(({ item }) => item);
    const missing = these((days) => days === undefined);
    const expired = these((days) => days !== undefined && days < 0);
    const soon = these((days) => days !== undefined && days >= 0 && days <= soonDays);
    const verdicts = [
      ...parties
        .filter((party) => about(`no-baa-${party}`).length > 0)
        .map((party) => say.fail('no-agreement', { party })),
      ...(contract.dataHandling === undefined
        ? [say.notMeasured('no-parties', 'undecided', { who: 'the privacy officer' })]
        : []),
      ...(missing.length > 0
        ? [say.notMeasured('not-stated', 'undecided', { items: missing, who: 'the vendor' })]
        : []),
      ...(expired.length > 0 ? [say.notMeasured('expired', 'expired', { items: expired })] : []),
      ...(soon.length > 0 ? [say.warn('expires-soon', { items: soon, days: soonDays })] : []),
    ];
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      stated: wanted.length,
      statements: attestations.filter(({ id }) => wanted.some((item) => id === item || id.startsWith(`${item}-`))),
    });
  },
});
