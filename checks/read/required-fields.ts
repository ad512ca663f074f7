import { defineCheck } from '../../src/check.js';
import { fieldsOf } from '../../src/model/documents/normalise.js';
import { lowerBound, rateLevel, upperBound } from '../../src/model/shares.js';

/** Below this many resources, nothing but a clear bound decides. */
const fewest = 14;
const percent = (share: number): number => Math.round(share * 1000) / 10;

export default defineCheck({
  id: 'read.required-fields',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The fields the workflow needs are filled',
  failureTitle: 'Fields the workflow needs are missing',
  plain: 'The records hold the data the AI needs.',
  why: 'An interface can exist and still return records without the element a decision rests on; the AI then guesses or stops.',
  sends:
    'Reads up to 22 resources of test patients by the contract’s own searches and evaluates each field path on each of them.',
  ask: {
    of: 'ehr-team',
    text: 'Take 20 records as the workflow would read them and show us, for each field it needs, in how many of them it is filled.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Find out whether the element is recorded and not mapped, or not recorded at all.',
    },
    {
      owner: 'clinical-owner',
      effort: 'low',
      text: 'Say what the product does when the element is missing, or ask for another one.',
    },
  ],
  references: [
    'https://hl7.org/fhir/us/core/must-support.html',
    'https://hl7.org/fhir/R4/extension-data-absent-reason.html',
  ],
  writes: 'none',
  subjects: 'resource',
  // What only should be there is asked of nobody.
  when: ({ item }) => fieldsOf(item).some(({ need }) => need === 'must'),
  ifNone: 'undecided',
  reads: ['field-presence'],
  messages: {
    missing: {
      kind: 'rate',
      text: '{path} is filled in {present} of {of}, at most {atMostPercent} % (95 %); the contract asks for {askedPercent} %.',
    },
    never: { kind: 'rate', text: '{path} was filled in 0 of {of} records.' },
    'wrong-code-system': { kind: 'proof', text: '{path} carries codes of another system in {wrong} of {of} records.' },
    'wrong-unit': { kind: 'proof', text: '{path} carries another unit in {wrong} of {of} records.' },
    between: {
      kind: 'limit',
      text: '{path} is filled in {present} of {of}, at least {atLeastPercent} % (95 %); the contract asks for {askedPercent} %.',
    },
    'absent-with-reason': {
      kind: 'limit',
      text: '{path} is absent with a stated reason in {withReason} of {of} records.',
    },
    'too-few': {
      kind: 'limit',
      text: '{path} is filled in {present} of {of}, which does not decide about {askedPercent} %.',
    },
  },
  evaluate: ({ 'field-presence': { resources, fields } }, say) => {
    const level = rateLevel(fields.length);
    return fields
      .filter((field) => field.need === 'must')
      .flatMap((field) => {
        const { path, present } = field;
        const atLeast = lowerBound(present, resources);
        const shown = {
          path,
          present,
          of: resources,
          atLeastPercent: percent(atLeast),
          atMostPercent: percent(upperBound(present, resources)),
          askedPercent: percent(field.share),
        };
        if (field.wrongCodeSystem > 0)
          return [say.fail('wrong-code-system', { ...shown, wrong: field.wrongCodeSystem })];
        if (field.wrongUnit > 0) return [say.fail('wrong-unit', { ...shown, wrong: field.wrongUnit })];
        const shownBelow = upperBound(present, resources, level) < field.share;
        if (present === 0 && resources >= fewest) {
          return [
            field.absentWithReason > 0
              ? say.warn('absent-with-reason', { ...shown, withReason: field.absentWithReason })
              : say.fail('never', shown),
          ];
        }
        if (shownBelow) {
          const explained =
            field.absentWithReason > 0 && upperBound(present + field.absentWithReason, resources, level) >= field.share;
          return [
            explained
              ? say.warn('absent-with-reason', { ...shown, withReason: field.absentWithReason })
              : say.fail('missing', shown),
          ];
        }
        if (atLeast >= field.share) return [say.pass(shown)];
        return [resources < fewest ? say.notMeasured('too-few', 'too-few', shown) : say.warn('between', shown)];
      });
  },
});
