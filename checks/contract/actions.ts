import { defineCheck } from '../../src/check.js';
import { endsCommitted } from '../../src/model/committed-states.js';
import type { ContractAction } from '../../src/model/documents/contract.js';
import { openDecisions } from '../../src/model/documents/open-decisions.js';
import { isUnconfirmed } from '../../src/model/documents/places.js';

const unreviewed = ({ kind, review, noReview }: ContractAction): boolean =>
  kind === 'commit' && noReview !== undefined && review?.required !== true;

export default defineCheck({
  id: 'contract.actions',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'Each write is classified, reviewed and can be taken back',
  failureTitle: 'An action is written down as unsafe',
  plain: 'It is decided what the AI may change by itself, who looks at it, and how it is undone.',
  why: 'A write nobody classified is done by whoever programs it first; what has no undo is found out on a patient.',
  sends: 'Nothing. Reads the actions of the contract.',
  ask: {
    of: 'clinical-owner',
    text: 'Show us, for each thing the AI may write, whether it is a suggestion, a draft or final, who looks at it where and by when, and how it is taken back.',
  },
  remedy: [
    {
      owner: 'clinical-owner',
      effort: 'medium',
      text: 'Call each action suggestion, draft or commit; give drafts and commits a state, a reviewer with a place and a deadline, and an undo.',
    },
    { owner: 'vendor', effort: 'low', text: 'Say how a repeated request is recognised, and what a write depends on.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#concurrency',
    'https://hl7.org/fhir/R4/http.html#ccreate',
    'https://hl7.org/fhir/R4/lifecycle.html',
  ],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => contract.actions?.length !== 0,
  ifNone: 'undecided',
  reads: ['template-defaults'],
  messages: {
    'no-undo': { kind: 'proof', text: 'Action {action} commits and is said to have no undo.' },
    unsigned: { kind: 'proof', text: 'Action {action} goes without review, and nobody signed for that with a reason.' },
    'draft-commits': {
      kind: 'proof',
      text: 'Action {action} is called a draft and ends in {state}, which counts already.',
    },
    undated: {
      kind: 'limit',
      text: 'Action {action} commits without review; {signedBy} signed for it, and nobody knows when.',
    },
    default: { kind: 'undecided', text: 'Action {action} comes from the template, to be confirmed by {who}.' },
    undecided: {
      kind: 'undecided',
      text: 'Not decided: {what} of {action}; {who} decides, suggested: {default}.',
    },
  },
  evaluate: ({ 'template-defaults': defaults }, say, { item: { contract } }) => {
    const who = contract.metadata.clinicalSponsor ?? 'the clinical owner';
    if (contract.actions === undefined) {
      const fallback = '[] if it only reads';
      return say.notMeasured('undecided', 'undecided', {
        action: 'the product',
        what: 'the writes',
        who,
        default: fallback,
        pointer: '/actions',
      });
    }
    const of = (action: ContractAction, index: number) => {
      const at = { action: action.id, pointer: `/actions/${index}` };
      const { kind, compensation, review, noReview, states } = action;
      const writes = kind !== 'suggest';
      const signed = noReview?.signedBy !== undefined && noReview.rationale !== undefined;
      const unsigned = writes && !signed && (noReview !== undefined || review?.required === false);
      return [
        ...(kind === 'commit' && compensation === 'none' ? [say.fail('no-undo', at)] : []),
        ...(unsigned ? [say.fail('unsigned', at)] : []),
        ...(kind === 'draft' && endsCommitted(action) ? [say.fail('draft-commits', { ...at, state: states?.to })] : []),
        ...openDecisions(action).map((open) => say.notMeasured('undecided', 'undecided', { ...at, ...open, who })),
        ...(unreviewed(action) && signed && noReview.signedOn === undefined
          ? [say.warn('undated', { ...at, signedBy: noReview.signedBy })]
          : []),
        ...(isUnconfirmed(defaults, at.pointer) ? [say.warn('default', { ...at, who })] : []),
      ];
    };
    const verdicts = contract.actions.flatMap(of);
    // A signed rationale is the decision this check asks for; who signed for what travels with the pass.
    const withoutReview = contract.actions.filter(unreviewed).map(({ id, noReview }) => `${id}: ${noReview?.signedBy}`);
    return verdicts.length > 0 ? verdicts : say.pass({ actions: contract.actions.length, withoutReview });
  },
});
