import { defineCheck } from '../../src/check.js';
import { createsSomething } from '../../src/model/actions.js';

/** Statuses that refuse a create (https://hl7.org/fhir/R4/http.html#create and general HTTP). */
const refusals = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 501];

export default defineCheck({
  id: 'write.create',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'What the AI system writes is what the record keeps',
  failureTitle: 'A written record is refused, lost or altered',
  plain: 'What the AI writes arrives in the record, complete and unchanged.',
  why: 'A create can be answered with success while the server drops the elements it does not map; the product reports a booking or a note that the record does not hold.',
  sends:
    'Creates the object of the contract once for a test patient, marked as a test, finds it by the answer or by its identifier, reads it again and compares every element the contract writes.',
  ask: {
    of: 'vendor',
    text: 'File one record through your product on the test system, and show us what you sent beside what the EHR kept.',
  },
  remedy: [
    { owner: 'vendor', effort: 'medium', text: 'Write only elements this EHR stores, and read back what was written.' },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Name the elements that are stored for this interaction, and what the answer to a create tells the client.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#create',
    'https://hl7.org/fhir/R4/http.html#ops',
    'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2',
  ],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action } }) => createsSomething(action),
  ifNone: 'not-applicable',
  reads: ['create-outcome'],
  messages: {
    refused: { kind: 'proof', text: 'The create was refused with {status}.' },
    'server-error': {
      kind: 'availability',
      text: '{serverErrors} of {tries} creates ended in a server error ({status}).',
    },
    'stored-despite-error': { kind: 'proof', text: 'Answered {status}, and the record is stored all the same.' },
    'not-readable': { kind: 'proof', text: 'Answered {status}, and nothing of it can be read or found.' },
    dropped: { kind: 'proof', text: 'Accepted with {status}, and these elements are not stored: {elements}.' },
    changed: { kind: 'proof', text: 'Accepted with {status}, and these elements are stored differently: {elements}.' },
    'location-elsewhere': { kind: 'proof', text: 'The Location of the answer leads to another host, type or object.' },
    'no-trace': {
      kind: 'proof',
      text: 'Answered {status} without Location, version and content: the client cannot tell what it created.',
    },
    uncontrolled: {
      kind: 'control',
      text: 'Answered {status}, but a test patient could not be read just before and after either.',
    },
    'other-status': { kind: 'control', text: 'Answered {status}, which neither accepts nor refuses a create.' },
    accepted: { kind: 'limit', text: 'Only accepted (202); the record was found afterwards.' },
    'no-location': { kind: 'limit', text: 'Answered {status} without a Location.' },
    'relative-location': { kind: 'limit', text: 'The Location of the answer is no absolute address.' },
    normalised: { kind: 'limit', text: 'Stored in another form with the same meaning: {elements}.' },
    flaky: { kind: 'limit', text: '{serverErrors} of {tries} creates ended in a server error before one was taken.' },
  },
  evaluate: ({ 'create-outcome': outcome }, say) => {
    const { status, serverErrors, tries, location, representation, versioned, foundBy, controlsHeld } = outcome;
    if (foundBy === 'nothing') {
      if (status < 300 ? !controlsHeld : status >= 500 || refusals.includes(status) ? !controlsHeld : false) {
        return say.notMeasured('uncontrolled', 'control-failed', { status });
      }
      if (status < 300) return say.fail('not-readable', { status });
      if (refusals.includes(status)) return say.fail('refused', { status });
      return serverErrors >= 2
        ? say.fail('server-error', { status, serverErrors, tries })
        : say.notMeasured('other-status', 'control-failed', { status });
    }
    if (status >= 500) return say.fail('stored-despite-error', { status });
    const verdicts = [
      ...(outcome.dropped.length > 0 ? [say.fail('dropped', { status, elements: outcome.dropped })] : []),
      ...(outcome.changed.length > 0 ? [say.fail('changed', { status, elements: outcome.changed })] : []),
      ...(location === 'elsewhere' ? [say.fail('location-elsewhere')] : []),
      ...(outcome.normalised.length > 0 ? [say.warn('normalised', { elements: outcome.normalised })] : []),
      ...(serverErrors > 0 ? [say.warn('flaky', { serverErrors, tries })] : []),
      ...(location === 'relative' ? [say.warn('relative-location')] : []),
    ];
    if (status === 202) verdicts.push(say.warn('accepted'));
    else if (location === 'absent') {
      verdicts.push(
        representation || versioned ? say.warn('no-location', { status }) : say.fail('no-trace', { status }),
      );
    }
    return verdicts.length === 0 ? say.pass({ status, foundBy }) : verdicts;
  },
});
