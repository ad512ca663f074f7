import knownSet from '../../../checks/read/known-set.js';
import { testCheck } from '../../support/test-check.js';

const three = {
  resourceType: 'MedicationRequest',
  documented: 3,
  status: 200,
  searchset: true,
  end: 'end',
  seen: 3,
  seenAgain: null,
  explained: false,
} as const;
const seen = (sets: readonly object[], allowedBetween: boolean | null = null) => ({
  'known-set': { patient: 'p26', sets: sets as (typeof three)[], allowedBetween },
});
const one = { ...three, resourceType: 'AllergyIntolerance', documented: 1, seen: 1 };

testCheck(knownSet, {
  pass: {
    'every number is the documented one': seen([three, one]),
    'none documented and none seen': seen([{ ...one, documented: 0, seen: 0 }]),
  },
  warn: { 'fewer, and the answer says so': seen([{ ...three, seen: 2, seenAgain: 2, explained: true }, one], true) },
  fail: {
    'fewer without a word': seen([{ ...three, seen: 2, seenAgain: 2 }], true),
    'none at all without a word': seen([one, { ...three, seen: 0, seenAgain: 0 }], true),
    'more than this role should see': seen([{ ...one, seen: 2, seenAgain: 2 }], true),
    'more, and an outcome that speaks of something else': seen(
      [{ ...one, seen: 2, seenAgain: 2, explained: true }],
      true,
    ),
  },
  notMeasured: {
    'the search is refused': seen([{ ...three, status: 403, searchset: false, seen: 0 }]),
    'the pages do not end': seen([{ ...three, end: 'unfinished' }]),
    'another number the second time': seen([{ ...three, seen: 2, seenAgain: 3 }], true),
    'the patient itself is refused in between': seen([{ ...three, seen: 2, seenAgain: 2 }], false),
  },
});
