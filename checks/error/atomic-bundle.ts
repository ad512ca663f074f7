import { defineCheck } from '../../src/check.js';
import { performsBundle } from '../../src/model/actions.js';

const refusals = [400, 404, 405, 409, 412, 422];

// https://hl7.org/fhir/R4/http.html#trules
export default defineCheck({
  id: 'error.atomic-bundle',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'An action of several writes is made whole or not at all',
  failureTitle: 'Half an action stays in the chart',
  plain: 'When one part of an action cannot be stored, none of it is.',
  why: 'An action of several records is only right as a whole; where the first part stays after the second was refused, somebody finds a visit without its task, and nobody knows that anything is missing.',
  sends:
    'Sends the contract’s own bundle for a test patient, then the same with one entry in a state that does not exist, and looks for every entry of both by its identifier.',
  ask: {
    of: 'vendor',
    text: 'Make the last part of your transaction invalid in a test system, send it, and show us what of it is in the EHR afterwards.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Use single writes, each with the way to take it back, and take back the first when the second is refused.',
    },
    {
      owner: 'ehr-vendor',
      effort: 'high',
      text: 'Process a Bundle of type transaction as one unit: all entries or none.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#transaction', 'https://hl7.org/fhir/R4/http.html#trules'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) => performsBundle(action),
  ifNone: 'not-applicable',
  reads: ['bundle-outcome'],
  messages: {
    'half-stored': { kind: 'proof', text: 'The bundle was answered {status}, and a part of it is stored.' },
    'server-error': {
      kind: 'availability',
      text: '{serverErrors} of {tries} tries of the bundle ended in a server error ({status}).',
    },
    batch: {
      kind: 'limit',
      text: 'The contract sends a batch: the entries are stored one by one ({status}), so half an action can stay.',
    },
    'not-refused': { kind: 'limit', text: 'Nothing of the bundle is stored, and it was answered {status}.' },
    unexplained: { kind: 'limit', text: 'Refused with {status} and no OperationOutcome.' },
    uncontrolled: {
      kind: 'control',
      text: 'The bundle whose entries are all valid was not stored as a whole either ({status} to the other one).',
    },
    'nothing-invalid': {
      kind: 'control',
      text: 'The entry in a state that does not exist was stored too ({status}), so nothing was refused.',
    },
    'no-verdict': { kind: 'control', text: 'The bundle was answered {status}, which is no refusal of what it holds.' },
  },
  evaluate: ({ 'bundle-outcome': seen }, say) => {
    const { declared, status, serverErrors, tries, validStored, invalidStored } = seen;
    if (validStored !== invalidStored && declared === 'transaction') return say.fail('half-stored', { status });
    if (!seen.controlsHeld) return say.notMeasured('uncontrolled', 'control-failed', { status });
    if (invalidStored) return say.notMeasured('nothing-invalid', 'control-failed', { status });
    if (validStored) return say.warn('batch', { status });
    if (status >= 500) {
      return serverErrors >= 2
        ? say.fail('server-error', { status, serverErrors, tries })
        : say.notMeasured('no-verdict', 'control-failed', { status });
    }
    if (status >= 200 && status < 300) return say.warn('not-refused', { status });
    if (!refusals.includes(status)) return say.notMeasured('no-verdict', 'control-failed', { status });
    return seen.explained ? say.pass({ status }) : say.warn('unexplained', { status });
  },
});
