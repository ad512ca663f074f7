import slotTruth from '../../../checks/read/slot-truth.js';
import { testCheck } from '../../support/test-check.js';

const by = { provider: 0, room: 0, rule: 0 };
const seen = (offered: number, phantom: number, more: Partial<typeof schedule> = {}) => ({
  'offered-slots': {
    status: 200,
    learnable: true,
    offered,
    phantom,
    by: { ...by, provider: phantom },
    ...schedule,
    appointmentsStatus: 200,
    ...more,
  },
});
const schedule = { free: 50, unseen: 0 };
const unlearnable = (status: number) => ({
  'offered-slots': {
    status,
    learnable: false,
    offered: 0,
    phantom: 0,
    by: { provider: 0, room: null, rule: null },
    free: 0,
    unseen: 0,
    appointmentsStatus: status,
  },
});

testCheck(slotTruth, {
  pass: {
    '0 of 59 show at most 5 %': seen(59, 0),
    '1 of 93 shows at most 5 %': seen(93, 1),
    'one free time of 50 is not shown': seen(59, 0, { unseen: 1 }),
  },
  warn: {
    '0 of 29 show at most 10 %': seen(29, 0),
    '1 of 92': seen(92, 1),
    '5 of 60': seen(60, 5),
    'twenty free times of 50 are not shown': seen(59, 0, { unseen: 20 }),
  },
  fail: {
    '20 of 100': seen(100, 20),
    '20 of 100, all in a taken room, where no rule was looked at': {
      'offered-slots': { ...seen(100, 20)['offered-slots'], by: { provider: 0, room: 20, rule: null } },
    },
    '9 of 10 settle it too': seen(10, 9),
    'slot search refused': unlearnable(403),
    'slot search answered without a result': unlearnable(200),
    'slot search fails': unlearnable(500),
  },
  notMeasured: { '0 of 28': seen(28, 0), 'nothing offered': seen(0, 0) },
});
