import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const statement = 'part2-handling';

export default defineCheck({
  id: 'hipaa.sensitive-and-consent',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Records with special protection and withheld consent are left out',
  failureTitle: 'Records with special protection reach the AI system',
  plain: 'Notes on addiction or mental health, and what a patient keeps back, stay out of the AI.',
  why: 'Once such a record is in a prompt, a log or a draft, its protection cannot be restored; a record without its label cannot be left out by anybody.',
  sends:
    'For each prepared record: a read and a search by id, first by a context of the staff and then by the AI system’s client, between two reads of an ordinary test patient; one read of the Consent that is stated to deny it.',
  ask: {
    of: 'privacy',
    text: 'Show us one test record labelled as sensitive and one that a consent keeps back, and what the AI system’s client gets when it asks for them.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'medium', text: 'Filter labelled and denied records for this client at the source.' },
    { owner: 'vendor', effort: 'medium', text: 'Carry labels along, and leave labelled items out before the model.' },
    { owner: 'privacy', effort: 'low', text: 'Say which labels are excluded and prepare a test record for each.' },
  ],
  references: [
    'https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2',
    'https://hl7.org/fhir/uv/security-label-ds4p/',
    'https://hl7.org/fhir/R4/consent.html',
    'https://hl7.org/fhir/R4/security-labels.html',
  ],
  maps: ['42 CFR Part 2', '45 CFR 164.508', '45 CFR 164.522(a)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['sensitive-records'],
  messages: {
    unlabelled: { kind: 'proof', text: '{record} is marked as sensitive ({label}) and came to {who} without a label.' },
    'consent-ignored': { kind: 'proof', text: '{record} came to the AI system although an active Consent denies it.' },
    'outside-the-ehr': {
      kind: 'limit',
      text: '{record} came to the AI system with its label; that it is left out later is stated by {owner}, not seen.',
    },
    'bundle-unlabelled': {
      kind: 'limit',
      text: '{record} is labelled; the bundle around it does not say how confidential its content is.',
    },
    'not-prepared': { kind: 'limit', text: 'The contract asks for it, and no test record is prepared with {what}.' },
    'not-enforced': {
      kind: 'undecided',
      text: '{record} came to the AI system with its label, and nobody states who leaves it out; {who} should.',
    },
    'consent-not-seen': {
      kind: 'control',
      text: '{record} came to the AI system, and the Consent that should deny it could not be read or denies nothing.',
    },
    'not-shown-to-exist': {
      kind: 'control',
      text: 'No context of the staff can read {record}, so its absence shows nothing.',
    },
    vacuous: { kind: 'control', text: 'The AI system’s client could not read an ordinary patient before and after.' },
    'no-answer': { kind: 'control', text: 'Asking for {record} was answered {statuses}.' },
  },
  evaluate: ({ 'sensitive-records': seen }, say, { item: { contract, organization } }, { startedAt }) => {
    const { sensitive, consent } = contract.dataHandling ?? {};
    const claim = (organization.attestations ?? []).find(
      ({ id, owner, expires }) =>
        (id === statement || id.startsWith(`${statement}-`)) &&
        owner !== undefined &&
        expires !== undefined &&
        daysUntil(expires, startedAt.slice(0, 10)) >= 0,
    );
    const excluded = sensitive?.excludeLabels ?? [];
    const verdicts = seen.records.flatMap((record) => {
      const { name, label, staff, ai } = record;
      const released = ai.some((sight) => sight.seen === 'data');
      const bare = (sights: typeof ai): boolean => label !== null && sights.some(({ labelled }) => labelled === false);
      const [mustStay, denied] = [label !== null && excluded.includes(label), record.consent?.denies === true];
      return [
        ...(bare(staff) ? [say.fail('unlabelled', { record: name, label, who: 'the staff' })] : []),
        ...(bare(ai) ? [say.fail('unlabelled', { record: name, label, who: 'the AI system' })] : []),
        ...(released && denied ? [say.fail('consent-ignored', { record: name })] : []),
        ...(released && record.consent !== null && !denied
          ? [say.notMeasured('consent-not-seen', 'control-failed', { record: name })]
          : []),
        ...(released && mustStay && !bare(ai)
          ? [
              claim === undefined
                ? say.notMeasured('not-enforced', 'undecided', { record: name, who: 'the privacy officer' })
                : say.warn('outside-the-ehr', { record: name, owner: claim.owner }),
            ]
          : []),
        ...(!released && staff.length === 0
          ? [say.notMeasured('not-shown-to-exist', 'no-second-context', { record: name })]
          : []),
        ...(!released && ai.some((sight) => sight.seen === 'fault' || sight.seen === 'unusual')
          ? [
              say.notMeasured('no-answer', 'control-failed', {
                record: name,
                statuses: ai.map(({ status }) => status),
              }),
            ]
          : []),
        ...([...staff, ...ai].some(({ bundleLabelled }) => bundleLabelled === false)
          ? [say.warn('bundle-unlabelled', { record: name })]
          : []),
      ];
    });
    const lacking = [
      ...(sensitive !== undefined && seen.records.every(({ label }) => label === null) ? ['a label'] : []),
      ...(consent !== undefined && seen.records.every((record) => record.consent === null) ? ['a consent'] : []),
    ];
    const all = [
      ...verdicts,
      ...lacking.map((what) => say.warn('not-prepared', { what })),
      ...(seen.allowedBefore && seen.allowedAfter ? [] : [say.notMeasured('vacuous', 'control-failed')]),
    ];
    if (all.length > 0) return all;
    return say.pass({ records: seen.records.map(({ name, ai }) => ({ name, ai: ai.map((sight) => sight.seen) })) });
  },
});
