import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'write.draft-state',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-capability',
  title: 'A draft stays a draft',
  failureTitle: 'A draft is kept or shown as final',
  plain: 'A note the AI drafts is not shown as signed.',
  why: 'Where a server knows no drafts, everything that is filed counts as signed; the review step of the contract then happens after the fact, or never.',
  sends:
    'Files the contract’s draft for a test patient, reads it again as the AI system and as a member of staff, and runs the searches of those named in visibleTo.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us a draft that came from outside: where it lands, who sees it there, and how it looks until a clinician signs it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Name the draft or inbox mechanism of the product, and file drafts there.',
    },
    { owner: 'clinical-owner', effort: 'low', text: 'Change the action to a suggestion until drafts are possible.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
    'https://hl7.org/fhir/R4/task.html#statemachine',
  ],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action } }) => action.kind === 'draft',
  ifNone: 'not-applicable',
  reads: ['draft-state'],
  messages: {
    'stored-final': { kind: 'proof', text: 'The draft is stored in a final state.' },
    'shown-final': { kind: 'proof', text: 'The draft is stored as such and read by staff in a final state.' },
    'consumer-final': { kind: 'proof', text: 'A consumer named in visibleTo finds the draft in a final state.' },
    refused: { kind: 'proof', text: 'The draft state was refused with {status}.' },
    'state-lost': {
      kind: 'proof',
      text: 'The draft is stored in another state than the one sent, or in none ({state}).',
    },
    uncontrolled: { kind: 'control', text: 'Refused with {status}, but a test patient could not be read either.' },
    'staff-other': { kind: 'limit', text: 'Staff read the draft in another state than its author ({staff}).' },
    'staff-blind': {
      kind: 'control',
      text: 'The staff context cannot read the draft, so how it looks to them is not known.',
    },
    'undecided-state': {
      kind: 'undecided',
      text: 'The contract does not name the state a draft is filed in; {who} decides, usually {default}.',
    },
  },
  evaluate: ({ 'draft-state': draft }, say) => {
    switch (draft.state) {
      case 'undecided':
        return say.notMeasured('undecided-state', 'undecided', {
          who: 'the clinical sponsor',
          default: 'preliminary, draft or proposed',
        });
      case 'refused':
        return draft.controlsHeld
          ? say.fail('refused', { status: draft.status })
          : say.notMeasured('uncontrolled', 'control-failed', { status: draft.status });
      case 'final':
        return say.fail('stored-final');
      case 'other':
      case 'absent':
        return say.fail('state-lost', { state: draft.state });
    }
    if (draft.staff === 'final') return say.fail('shown-final');
    if (draft.consumerSeesFinal) return say.fail('consumer-final');
    if (draft.staff === 'not-seen') return say.notMeasured('staff-blind', 'control-failed');
    return draft.staff === 'kept' ? say.pass() : say.warn('staff-other', { staff: draft.staff });
  },
});
