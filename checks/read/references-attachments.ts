import { defineCheck, type Verdict } from '../../src/check.js';
import { lowerBound, rateLevel } from '../../src/model/shares.js';

/** Below this many links nothing but a clear bound decides. */
const fewest = 14;
const shownAbove = 0.05;
const bearable = 0.2;
const percent = (share: number): number => Math.round(share * 1000) / 10;

export default defineCheck({
  id: 'read.references-attachments',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'The text behind a note or an attachment can be opened',
  failureTitle: 'What a record points to cannot be opened',
  plain: 'When a record says "see the document", the AI can read the document.',
  why: 'A list of notes looks complete although each of its links ends at a missing right, another login or nothing.',
  sends:
    'One read for each of up to 14 different links of each field the contract follows, with the AI system’s client and below the FHIR base; a link that leads anywhere else is counted and not followed.',
  ask: {
    of: 'ehr-team',
    text: 'Take ten records as the workflow reads them and show us each reference and attachment opened with the AI system’s client.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Grant the client the type the links lead to (Binary, Medication), and serve contents below the FHIR base.',
    },
    { owner: 'vendor', effort: 'low', text: 'Ask for the scope of each type the product follows links to.' },
    {
      owner: 'ehr-vendor',
      effort: 'high',
      text: 'Let attachments state their real type and size, and open with the token that opens the document.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/references.html',
    'https://hl7.org/fhir/R4/datatypes.html#Attachment',
    'https://hl7.org/fhir/R4/binary.html',
    'https://hl7.org/fhir/smart-app-launch/app-launch.html',
  ],
  writes: 'none',
  subjects: 'resource',
  when: ({ item }) => (item.fields ?? []).some((field) => typeof field !== 'string' && field.follow !== undefined),
  ifNone: 'not-applicable',
  reads: ['followed-links'],
  messages: {
    'other-login': {
      kind: 'proof',
      text: '{otherLogin} of {links} attachments of {path} ask for another login than the record that names them.',
    },
    elsewhere: {
      kind: 'proof',
      text: '{elsewhere} of {links} links of {path} lead outside the FHIR base; they were not followed.',
    },
    broken: {
      kind: 'rate',
      text: '{bad} of {links} links of {path} cannot be opened or hold something else than stated, at least {atLeastPercent} % (99 %).',
    },
    'some-broken': {
      kind: 'limit',
      text: '{bad} of {links} links of {path} cannot be opened or hold something else than stated.',
    },
    'contained-only': {
      kind: 'limit',
      text: 'All {links} of {path} are held by the record itself; none was followed.',
    },
    'too-few': {
      kind: 'limit',
      text: '{links} links of {path} in {records} records, {bad} of them not usable, which does not decide.',
    },
  },
  evaluate: ({ 'followed-links': { fields } }, say) => {
    const level = rateLevel(fields.length);
    return fields.flatMap((field): Verdict[] => {
      const { path, links, records, contained, otherLogin, elsewhere } = field;
      const verdicts: Verdict[] = [];
      if (otherLogin > 0) verdicts.push(say.fail('other-login', { path, links, otherLogin }));
      if (elsewhere > 0) verdicts.push(say.fail('elsewhere', { path, links, elsewhere }));
      const bad = field.broken + field.unusable;
      const atLeast = lowerBound(bad, links, level);
      const shown = { path, links, records, bad, atLeastPercent: percent(atLeast) };
      if (atLeast > shownAbove) verdicts.push(say.fail('broken', shown));
      if (verdicts.length > 0) return verdicts;
      if (links < fewest || bad / links > bearable) return [say.notMeasured('too-few', 'too-few', shown)];
      if (bad > 0) return [say.warn('some-broken', shown)];
      return [contained === links ? say.warn('contained-only', { path, links }) : say.pass(shown)];
    });
  },
});
