import draftState from '../../../checks/write/draft-state.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const draft = (value: FactValue<'draft-state'>): FullCase => ({
  facts: { 'draft-state': value },
  subject: {
    item: {
      action: { id: 'file', kind: 'draft', via: 'fhir-r4', interaction: 'create', resource: 'DocumentReference' },
      path: undefined,
    },
  },
});

testCheck(draftState, {
  pass: { 'kept for author and staff': draft({ state: 'kept', staff: 'kept', consumerSeesFinal: false }) },
  warn: { 'staff see another state': draft({ state: 'kept', staff: 'other', consumerSeesFinal: false }) },
  fail: {
    'stored as final': draft({ state: 'final', staff: 'final', consumerSeesFinal: true }),
    'shown to staff as final': draft({ state: 'kept', staff: 'final', consumerSeesFinal: false }),
    'final in the search of the portal': draft({ state: 'kept', staff: 'kept', consumerSeesFinal: true }),
    'another state': draft({ state: 'other', staff: 'other', consumerSeesFinal: false }),
    'no state': draft({ state: 'absent', staff: 'absent', consumerSeesFinal: false }),
    'the state is refused': draft({ state: 'refused', status: 422, controlsHeld: true }),
  },
  notMeasured: {
    'refused, and a read fails too': draft({ state: 'refused', status: 403, controlsHeld: false }),
    'staff cannot read it': draft({ state: 'kept', staff: 'not-seen', consumerSeesFinal: false }),
    'no state in the contract': draft({ state: 'undecided' }),
  },
  notApplicable: {
    'a commit': { 'draft-state': { state: 'kept', staff: 'kept', consumerSeesFinal: false } },
  },
});
