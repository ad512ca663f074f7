import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';

const refusals = [400, 403, 404, 405, 409, 412, 422];
/** Of three tries; one bad moment is no verdict. */
const failingTries = 2;

const named = {
  'missing-element': 'a mandatory element missing',
  'unknown-code': 'a code outside the required value set',
  'no-such-patient': 'a patient who does not exist',
  'past-dated': 'a time in the past',
} as const;

export default defineCheck({
  id: 'write.invalid-rejected',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Wrong data are refused with a reason',
  failureTitle: 'Wrong data get into the record',
  plain: 'When the AI sends something wrong, the record system says no and says why.',
  why: 'Models make well-formed mistakes; a server that stores them, or mends them silently, is the last guard that did not stand.',
  sends:
    'Writes with one fault each (mandatory element missing, unknown code, patient who does not exist, time in the past), between two writes that are right, and looks for what was stored.',
  ask: {
    of: 'ehr-team',
    text: 'Send the test system a record with a missing element, one with an unknown code and one for an unknown patient, and show us each answer and what was stored.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Validate against the profile before sending, and show the reasons of the OperationOutcome to whoever can act on them.',
    },
    { owner: 'ehr-team', effort: 'medium', text: 'Ask for validation on this interface, as strict as on the screen.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#create',
    'https://hl7.org/fhir/R4/operationoutcome.html',
    'https://hl7.org/fhir/R4/validation.html',
  ],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    writesSomething(action) && ['fhir-r4', 'fhir-operation'].includes(path?.via ?? action.via ?? ''),
  ifNone: 'not-applicable',
  reads: ['invalid-writes'],
  messages: {
    stored: { kind: 'proof', text: 'A write with {fault} was answered with {status} and is stored.' },
    fails: { kind: 'availability', text: 'A write with {fault} ends in {status}, {serverErrors} times.' },
    vacuous: { kind: 'control', text: 'Writes that are right were not taken before and after.' },
    'other-status': { kind: 'control', text: 'A write with {fault} was answered with {status}, which is no refusal.' },
    'nothing-tried': { kind: 'limit', text: 'The body of the action leaves nothing to make wrong.' },
    unexplained: { kind: 'limit', text: 'A write with {fault} is refused with {status} and no OperationOutcome.' },
    unnamed: { kind: 'limit', text: 'A write with {fault} is refused with {status}, and the answer names no element.' },
  },
  evaluate: ({ 'invalid-writes': { validBefore, validAfter, trials } }, say) => {
    if (trials.length === 0) return say.notMeasured('nothing-tried', 'tool-limited');
    const accepted = validBefore && validAfter;
    return trials.map(({ fault, status, serverErrors, explained, namesElement, stored }) => {
      const shown = { fault: named[fault], status, serverErrors };
      if (stored) return say.fail('stored', shown);
      if (!accepted) return say.notMeasured('vacuous', 'control-failed', shown);
      if (status >= 500 && serverErrors >= failingTries) return say.fail('fails', shown);
      if (!refusals.includes(status)) return say.notMeasured('other-status', 'control-failed', shown);
      if (!explained) return say.warn('unexplained', shown);
      return namesElement ? say.pass(shown) : say.warn('unnamed', shown);
    });
  },
});
