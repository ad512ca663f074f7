import { defineCheck } from '../../src/check.js';
import { updatesThroughInterface } from '../../src/model/actions.js';

export default defineCheck({
  id: 'write.update-patch',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'A change of one element leaves the others alone',
  failureTitle: 'A change is refused or damages other elements',
  plain: 'When the AI changes one thing, nothing else in that record changes.',
  why: 'Servers that rebuild a record from the elements they map lose the rest of it with the first update, and nobody sees a difference on the screen that made it.',
  sends:
    'Reads the version of a test object, makes the one change the contract makes (or its undo) with If-Match, and reads it again; after a refused PATCH one PUT of the same change.',
  ask: {
    of: 'vendor',
    text: 'Let your product change one field of a test record, and show us the whole record before and after.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Send a patch of the one element instead of a whole resource; where only PUT is taken, send the resource as it was read.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Say which elements may be changed through the interface, and switch the interaction on.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#update', 'https://hl7.org/fhir/R4/http.html#patch'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action, path } }) => updatesThroughInterface(action, path?.via),
  ifNone: 'not-applicable',
  reads: ['change-outcome'],
  messages: {
    refused: { kind: 'proof', text: '{method} of the current version was refused with {status}.' },
    'server-error': {
      kind: 'availability',
      text: '{serverErrors} of {tries} changes ended in a server error ({status}).',
    },
    'not-applied': { kind: 'proof', text: '{method} was answered {status}, and the element keeps its old value.' },
    'elements-lost': { kind: 'proof', text: '{method} of one element lost or altered others: {elements}.' },
    'same-version': { kind: 'proof', text: '{method} changed the content, and the version stays the same.' },
    uncontrolled: { kind: 'control', text: 'Answered {status}, and the object could not be read afterwards.' },
    'no-verdict': { kind: 'control', text: 'Answered {status} to {method}: not accepted, and no refusal either.' },
    'put-only': { kind: 'limit', text: 'PATCH was refused with {status}; PUT of the same change is taken.' },
    'narrative-dropped': { kind: 'limit', text: '{method} dropped the narrative.' },
    flaky: { kind: 'limit', text: '{serverErrors} of {tries} changes ended in a server error before one was taken.' },
  },
  evaluate: ({ 'change-outcome': outcome }, say) => {
    const { method, status, applied, serverErrors, tries, putApplied } = outcome;
    if (!outcome.controlsHeld) return say.notMeasured('uncontrolled', 'control-failed', { status });
    const took = applied || putApplied === true;
    if (!took) {
      if (serverErrors > 0 && status >= 500 && status !== 501) {
        return serverErrors >= 2
          ? say.fail('server-error', { status, serverErrors, tries })
          : say.notMeasured('no-verdict', 'control-failed', { status, method });
      }
      if (status < 300) return say.fail('not-applied', { status, method });
      return (status >= 400 && status < 500 && status !== 429) || status === 501
        ? say.fail('refused', { status, method })
        : say.notMeasured('no-verdict', 'control-failed', { status, method });
    }
    const verdicts = [
      ...(outcome.lost.length > 0 ? [say.fail('elements-lost', { method, elements: outcome.lost })] : []),
      ...(outcome.newVersion ? [] : [say.fail('same-version', { method })]),
      ...(putApplied === true && !applied ? [say.warn('put-only', { status })] : []),
      ...(outcome.narrativeDropped ? [say.warn('narrative-dropped', { method })] : []),
      ...(serverErrors > 0 ? [say.warn('flaky', { serverErrors, tries })] : []),
    ];
    return verdicts.length === 0 ? say.pass({ method, status }) : verdicts;
  },
});
