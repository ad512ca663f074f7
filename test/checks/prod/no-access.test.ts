import noAccess from '../../../checks/prod/no-access.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';

type Asked = FactValue<'asked-without-access'>;

const hidden: Asked['cases'][number] = {
  patient: 'south-1',
  refusedWith: 404,
  shownBefore: true,
  shownAfter: true,
  leaked: false,
  opened: null,
  status: 200,
  outcome: 'queued-for-human',
  tookMs: 40,
  written: 0,
};
const asked = (each: Partial<Asked['cases'][number]>, controls: Partial<Asked> = {}): CaseFacts => ({
  'asked-without-access': { servedBefore: true, servedAfter: true, cases: [{ ...hidden, ...each }], ...controls },
});

testCheck(noAccess, {
  pass: {
    'handed to a person': asked({}),
    'handed to a person, seen through the proxy': asked({ opened: false }),
    'says that it may not': asked({ outcome: 'refused', refusedWith: 403 }),
  },
  warn: {
    'noted, and nothing said': asked({ outcome: 'noted' }),
    'an error and no word': asked({ outcome: null, status: 500 }),
  },
  fail: {
    'takes it for none': asked({ outcome: 'nothing-free' }),
    'says that it has booked': asked({ outcome: 'booked' }),
    booked: asked({ outcome: 'booked', written: 1 }),
    'opened it with another right': asked({ opened: true }),
    'says what it may not know': asked({ leaked: true }),
    'says so while nobody else is served': asked({ leaked: true }, { servedAfter: false }),
  },
  notMeasured: {
    'not shown to be there afterwards': asked({ shownAfter: false }),
    'not shown to be there before': asked({ shownBefore: false, outcome: 'nothing-free' }),
    'nobody is served afterwards': asked({}, { servedAfter: false }),
    'nobody is served before': asked({}, { servedBefore: false }),
    'no answer': asked({ outcome: null, status: 0 }),
  },
});
