import slotTruth from '../../../checks/read/slot-truth.js';
import { testCheck } from '../../support/test-check.js';

const seen = (offered: number, phantom: number) => ({
  'offered-slots': { status: 200, learnable: true, offered, phantom, appointmentsStatus: 200 },
});
const unlearnable = (status: number) => ({
  'offered-slots': { status, learnable: false, offered: 0, phantom: 0, appointmentsStatus: status },
});

testCheck(slotTruth, {
  pass: { '0 of 59 show at most 5 %': seen(59, 0), '1 of 93 shows at most 5 %': seen(93, 1) },
  warn: { '0 of 29 show at most 10 %': seen(29, 0), '1 of 92': seen(92, 1), '5 of 60': seen(60, 5) },
  fail: {
    '20 of 100': seen(100, 20),
    '9 of 10 settle it too': seen(10, 9),
    'slot search refused': unlearnable(403),
    'slot search answered without a result': unlearnable(200),
    'slot search fails': unlearnable(500),
  },
  notMeasured: { '0 of 28': seen(28, 0), 'nothing offered': seen(0, 0) },
});
