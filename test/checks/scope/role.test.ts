import { describe, expect, it } from 'vitest';
import role from '../../../checks/scope/role.js';
import { aggregate, type Judgement } from '../../../src/evaluate/engine.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Reading = FactValue<'cell-reading'>;
const asWritten: Reading = {
  allowed: { letter: 'r', status: 200, seen: 'data' },
  forbidden: { letter: 's', status: 403, seen: 'refused' },
  allowedBefore: true,
  allowedAfter: true,
  notTried: 'cud',
  grantedAllTheSame: '',
};
const reading = (different: Partial<Reading>) => ({ 'cell-reading': { ...asWritten, ...different } });
const change: FactValue<'cell-change'> = {
  letter: 'u',
  status: 403,
  seen: 'refused',
  allowedBefore: true,
  allowedAfter: true,
};

testCheck(role, {
  pass: {
    'one allowed, one refused': reading({}),
    'an empty search is a refusal between two controls': reading({
      forbidden: { letter: 's', status: 200, seen: 'nothing' },
    }),
    'reading denies nothing, a change is refused': { ...reading({ forbidden: null }), 'cell-change': change },
    'what the token holds is refused when tried': { ...reading({ grantedAllTheSame: 'u' }), 'cell-change': change },
    'the role may do nothing here': reading({ allowed: null, forbidden: { letter: 'r', status: 404, seen: 'hidden' } }),
  },
  warn: {
    'allowed and refused': reading({ allowed: { letter: 'r', status: 403, seen: 'refused' } }),
    'holds more than reading can try': reading({ grantedAllTheSame: 'd' }),
  },
  fail: {
    'reads what is denied': reading({ forbidden: { letter: 'r', status: 200, seen: 'data' } }),
    'changes what is denied': { ...reading({}), 'cell-change': { ...change, status: 200, seen: 'data' } },
  },
  notMeasured: {
    'everything is refused before': reading({ allowedBefore: false }),
    'everything is refused after': reading({ allowedAfter: false }),
    'the server fails': reading({ forbidden: { letter: 'r', status: 500, seen: 'fault' } }),
    'the change is refused, and reading too': { ...reading({}), 'cell-change': { ...change, allowedAfter: false } },
    'the change is invalid': { ...reading({}), 'cell-change': { ...change, status: 422, seen: 'unusual' } },
  },
});

describe('scope.role over many cells', () => {
  const cells = (notMeasured: number, passed: number): Judgement[] =>
    Array.from({ length: notMeasured + passed }, (_, index) => ({
      subject: `cell:bot/${index}`,
      outcome: index < notMeasured ? ('not-measured' as const) : ('pass' as const),
      messageId: null,
      reason: index < notMeasured ? ('no-credential' as const) : null,
      data: {},
      holder: null,
      grade: index < notMeasured ? null : ('measured' as const),
      environmentClass: 'simulator' as const,
      exchanges: [],
    }));

  it('tolerates one unmeasured cell of five and no more', () => {
    expect(aggregate(role, cells(1, 4)).outcome).toBe('pass');
    expect(aggregate(role, cells(2, 4)).outcome).toBe('not-measured');
  });
});
