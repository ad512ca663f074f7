import { defineCheck } from '../../src/check.js';
import { failureConditions, type FailureCondition } from '../../src/model/documents/failure-conditions.js';
import { isUnconfirmed } from '../../src/model/documents/places.js';

const never: readonly FailureCondition[] = [
  'missing-required-field',
  'no-access',
  'output-invalid',
  'output-needs-review',
];
const notIgnored: readonly FailureCondition[] = [...never, 'version-conflict'];
const fewest = 9;

export default defineCheck({
  id: 'contract.failure-matrix',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'What happens on a bad day is decided',
  failureTitle: 'The contract says to ignore a condition that must not be ignored',
  plain: 'It is decided what the AI does when data, access or the record system fail.',
  why: 'What nobody decided is decided by an exception handler, in front of a patient.',
  sends:
    'Nothing. Reads the twelve conditions of the contract: behaviour, who is told, within what time, and what never happens.',
  ask: {
    of: 'clinical-owner',
    text: 'Show us the page that says what the AI does when data are missing, access is refused or the EHR is down, who is told, and how soon.',
  },
  remedy: [
    {
      owner: 'clinical-owner',
      effort: 'medium',
      text: 'Go through the twelve conditions with the vendor in one meeting; write behaviour, person told, time and the thing that must never happen.',
    },
  ],
  references: ['https://www.healthit.gov/topic/safety/safer-guides', 'https://hl7.org/fhir/R4/http.html#Status-Codes'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['template-defaults'],
  messages: {
    ignored: { kind: 'proof', text: 'The contract says to ignore {condition}.' },
    'some-open': { kind: 'limit', text: '{decided} of {of} conditions are decided; open: {open}.' },
    default: { kind: 'undecided', text: 'The failure matrix comes from the template, to be confirmed by {who}.' },
    undecided: {
      kind: 'undecided',
      text: '{decided} of {of} conditions are decided; open: {open}; {who} decides, suggested: {default}.',
    },
  },
  evaluate: ({ 'template-defaults': defaults }, say, { item: { contract } }) => {
    const { failure = {}, metadata } = contract;
    const who = metadata.clinicalSponsor ?? 'the clinical owner';
    const isOpen = (condition: FailureCondition): boolean => {
      const line = failure[condition];
      return line?.tell === undefined || line.within === undefined || line.never === undefined;
    };
    const ignored = notIgnored.filter((condition) => failure[condition]?.behaviour === 'ignore');
    const open = failureConditions.filter(isOpen);
    const counted = {
      decided: failureConditions.length - open.length,
      of: failureConditions.length,
      open,
      pointer: '/failure',
    };
    const defaulted = isUnconfirmed(defaults, '/failure') ? [say.warn('default', { who, pointer: '/failure' })] : [];
    const matrix =
      open.length === 0
        ? say.pass({ decided: counted.decided, of: counted.of })
        : counted.decided >= fewest && !open.some((condition) => never.includes(condition))
          ? say.warn('some-open', counted)
          : say.notMeasured('undecided', 'undecided', {
              ...counted,
              who,
              default: 'queue-for-human, tell the user at once',
            });
    return [
      ...ignored.map((condition) => say.fail('ignored', { condition, pointer: `/failure/${condition}` })),
      matrix,
      ...defaulted,
    ];
  },
});
