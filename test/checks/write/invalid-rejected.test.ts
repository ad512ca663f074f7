import invalidRejected from '../../../checks/write/invalid-rejected.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Invalid = FactValue<'invalid-writes'>;
const refused: Invalid['trials'][number] = {
  fault: 'unknown-code',
  status: 422,
  serverErrors: 0,
  explained: true,
  namesElement: true,
  stored: false,
};
const tried = (trial: Partial<typeof refused>, more: Partial<Invalid> = {}) => ({
  'invalid-writes': { validBefore: true, validAfter: true, trials: [refused, { ...refused, ...trial }], ...more },
});

testCheck(invalidRejected, {
  pass: {
    'all refused with a reason': tried({ fault: 'missing-element', status: 400 }),
    'one bad moment in between': tried({ fault: 'past-dated', serverErrors: 1 }),
  },
  warn: {
    'refused without a word': tried({ explained: false, namesElement: false }),
    'refused with words that name nothing': tried({ fault: 'no-such-patient', namesElement: false }),
  },
  fail: {
    'stored, and mended on the way': tried({ status: 201, explained: false, namesElement: false, stored: true }),
    'refused and stored all the same': tried({ stored: true }),
    'stored where right ones are not': tried({ status: 201, stored: true }, { validAfter: false }),
    'server error each time': tried({ status: 500, serverErrors: 3 }),
  },
  notMeasured: {
    'right ones are refused too': tried({}, { validAfter: false }),
    'answered with 200 and not stored': tried({ status: 200 }),
    'nothing to make wrong': { 'invalid-writes': { validBefore: true, validAfter: true, trials: [] } },
  },
  notApplicable: {
    'an action on the screen': {
      facts: { 'invalid-writes': { validBefore: true, validAfter: true, trials: [] } },
      subject: { item: { action: { id: 'note', kind: 'draft', via: 'screen' }, path: undefined } },
    },
  },
});
