import actions from '../../../checks/contract/actions.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';
import { agreed, inherited, runCase } from './run-case.js';

const draft: ContractAction = {
  id: 'note',
  kind: 'draft',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'DocumentReference',
  states: { to: 'preliminary', forbidden: ['final'] },
  idempotency: { by: 'search', query: 'DocumentReference?encounter={{visit.id}}' },
  review: { required: true, role: 'physician', where: 'note editor', deadline: 'P2D', endsIn: 'final' },
  compensation: { interaction: 'person', toState: 'withdrawn' },
};
const { review: _, ...unreviewed } = draft;
const commit: ContractAction = {
  ...unreviewed,
  id: 'book',
  kind: 'commit',
  resource: 'Appointment',
  states: { to: 'booked' },
  noReview: { rationale: 'the caller confirms', signedBy: 'director@clinic.example', signedOn: '2026-09-14' },
};
const of = (action: ContractAction, facts: CaseFacts = agreed) => runCase(facts, { actions: [action] });
const bare: ContractAction = { id: 'book', kind: 'commit' };

testCheck(actions, {
  pass: {
    'a draft with everything': of(draft),
    'a reviewed commit': of({ ...draft, kind: 'commit', states: { to: 'final' } }),
    'a commit without review, signed for': of(commit),
    'a suggestion names nothing': of({ id: 'offer', kind: 'suggest' }),
    'a change with its precondition': of({
      ...draft,
      interaction: 'patch',
      precondition: { type: 'if-match' },
    }),
  },
  warn: {
    'a commit without review, signed for without a date': of({
      ...commit,
      noReview: { rationale: 'the caller confirms', signedBy: 'director@clinic.example' },
    }),
    'inherited by a draft contract': of(draft, inherited('/actions/0/review')),
  },
  fail: {
    'a commit without undo': of({ ...commit, compensation: 'none' }),
    'no review and no signature': of({ ...commit, noReview: { rationale: 'we are sure' } }),
    'review said to be unnecessary': of({ ...draft, review: { required: false } }),
    'a draft that ends in a state it forbids': of({
      ...draft,
      resource: 'Basic',
      states: { to: 'on', forbidden: ['on'] },
    }),
    'a draft that ends where its review should': of({ ...draft, resource: 'Basic', states: { to: 'final' } }),
    'a draft that books': of({ ...draft, resource: 'Appointment', states: { to: 'booked' } }),
  },
  notMeasured: {
    'nobody wrote actions': runCase(agreed),
    'a commit with nothing said': of(bare),
    'a change without precondition': of({ ...draft, interaction: 'patch' }),
    'a review without role, place and deadline': of({ ...draft, review: { required: true } }),
  },
  notApplicable: { 'it only reads': runCase(agreed, { actions: [] }) },
});
