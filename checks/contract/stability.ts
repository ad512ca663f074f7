import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'contract.stability',
  kind: 'static',
  severity: 'major',
  blocks: 'product',
  title: 'The scope is agreed and the product’s output holds still',
  failureTitle: 'The product’s output is declared unstable',
  plain: 'The thing on trial is not still being changed while it is tried.',
  why: 'Integration work on a moving product is done again with every change, and the EHR gets the blame.',
  sends: 'Nothing. Reads status, agreement, open questions and the statement on stability.',
  ask: {
    of: 'vendor',
    text: 'Show us which model version is pinned, and how much of one fixed test set reviewers accepted with each of your last versions.',
  },
  remedy: [
    {
      owner: 'product-owner',
      effort: 'medium',
      text: 'Answer the open questions and freeze the scope, or show the value outside the EHR first.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Pin the model version and report how much of a fixed test set is accepted.',
    },
  ],
  references: ['https://www.nist.gov/itl/ai-risk-management-framework', 'https://semver.org/spec/v2.0.0.html'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['template-defaults'],
  messages: {
    unstable: { kind: 'proof', text: 'The contract declares the product’s output unstable.' },
    draft: { kind: 'limit', text: 'The contract is a draft.' },
    'open-questions': { kind: 'limit', text: 'Open questions: {questions}.' },
    undecided: {
      kind: 'undecided',
      text: 'The contract has no status; {who} sets it, suggested: {default}.',
    },
  },
  evaluate: ({ 'template-defaults': { status } }, say, { item: { contract, organization } }, { startedAt }) => {
    const { openQuestions = [], agreedOn, outputStability, owner } = contract.metadata;
    const statement = organization.attestations?.find(({ id }) => id === 'product-stability');
    const inDate = statement?.expires !== undefined && statement.expires >= startedAt.slice(0, 10);
    const stated = statement === undefined ? 'none' : inDate ? 'in date' : 'out of date';
    const questions = openQuestions.map((question) => `${question.text} (${question.owner ?? 'nobody'})`);
    const verdicts = [
      ...(outputStability === 'unstable' ? [say.fail('unstable', { pointer: '/metadata/outputStability' })] : []),
      ...(status === 'not-stated'
        ? [
            say.notMeasured('undecided', 'undecided', {
              who: owner ?? 'the product owner',
              default: 'draft',
              pointer: '/metadata',
            }),
          ]
        : []),
      ...(status === 'draft' ? [say.warn('draft', { pointer: '/metadata/status' })] : []),
      ...(questions.length > 0 ? [say.warn('open-questions', { questions, pointer: '/metadata/openQuestions' })] : []),
    ];
    return verdicts.length > 0 ? verdicts : say.pass({ status, agreedOn: agreedOn ?? null, statement: stated });
  },
});
