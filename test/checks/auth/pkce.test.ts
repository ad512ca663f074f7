import pkce from '../../../checks/auth/pkce.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Trials = FactValue<'code-trials'>;

const refused = { at: 'token', status: 400, token: false } as const;
const good: Trials = {
  trials: [
    { way: 'another-verifier', ...refused },
    { way: 'no-verifier', ...refused },
    { way: 'plain', at: 'authorization', status: 302, token: false },
  ],
  reuse: { status: 400, token: false, firstTokenLives: false },
};
const trial = (way: Trials['trials'][number]['way'], changes: Partial<Trials['trials'][number]>): FullCase =>
  run({ ...good, trials: [{ way, ...refused, ...changes }] });
const reuse = (changes: Partial<Trials['reuse']>): FullCase => run({ ...good, reuse: { ...good.reuse, ...changes } });

function run(facts: Trials, userFacing = true): FullCase {
  const triggers = userFacing ? [{ id: 'open', kind: 'smart-launch' }] : [{ id: 'call', kind: 'external' }];
  const item = {
    environmentId: 'simulator',
    contract: { metadata: { id: 'notes' }, triggers },
    organization: { metadata: { id: 'lakeside' } },
  };
  return { facts: { 'code-trials': facts }, subject: { id: 'run', item } };
}

testCheck(pkce, {
  pass: { 'everything refused': run(good) },
  warn: {
    'the first token of a code sent twice goes on': reuse({ firstTokenLives: true }),
    'nobody can tell whether the first token ended': reuse({ firstTokenLives: null }),
  },
  fail: {
    'another verifier': trial('another-verifier', { status: 200, token: true }),
    'no verifier': trial('no-verifier', { status: 200, token: true }),
    'a plain challenge': trial('plain', { status: 200, token: true }),
    'a code twice': reuse({ status: 200, token: true }),
  },
  notMeasured: {
    'a fault instead of a refusal': trial('plain', { status: 500 }),
    'too many requests': trial('no-verifier', { status: 429 }),
    'a fault at the second use': reuse({ status: 503 }),
  },
  notApplicable: { 'nobody opens it': run(good, false) },
});
