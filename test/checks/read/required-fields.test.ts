import requiredFields from '../../../checks/read/required-fields.js';
import { testCheck } from '../../support/test-check.js';

const field = (
  present: number,
  more: Partial<Record<'absentWithReason' | 'empty' | 'wrongCodeSystem' | 'wrongUnit' | 'share', number>> = {},
) => ({
  path: 'Slot.start',
  need: 'must' as const,
  present,
  absentWithReason: 0,
  empty: 0,
  wrongCodeSystem: 0,
  wrongUnit: 0,
  share: 0.8,
  ...more,
});
const seen = (resources: number, ...fields: ReturnType<typeof field>[]) => ({
  'field-presence': { resources, fields },
});

testCheck(requiredFields, {
  pass: {
    '14 of 14 show 80 %': seen(14, field(14)),
    '21 of 22 show 80 %': seen(22, field(21)),
    'a should-field that is missing': seen(14, field(14), {
      ...field(0),
      path: 'Slot.comment',
      need: 'should' as never,
    }),
  },
  warn: {
    '20 of 22 do not show 80 %': seen(22, field(20)),
    'absent with a reason everywhere': seen(22, field(0, { absentWithReason: 22 })),
    'half of them absent with a reason': seen(22, field(11, { absentWithReason: 11 })),
  },
  fail: {
    'half of them': seen(22, field(8)),
    'never there': seen(22, field(0)),
    'codes of another system': seen(22, field(22, { wrongCodeSystem: 1 })),
    'another unit': seen(22, field(22, { wrongUnit: 2 })),
  },
  notMeasured: { '5 of 5 do not decide': seen(5, field(5)) },
  notApplicable: {
    'nothing has to be there': {
      facts: seen(22, { ...field(0), need: 'should' as never }),
      subject: { item: { id: 'slot', type: 'Slot', fields: [{ path: 'Slot.comment', need: 'should' }] } },
    },
  },
});
