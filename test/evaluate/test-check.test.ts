import { testCheck } from '../support/test-check.js';
import { versionConflict } from './fixture-check.js';

const refused = { status: 412, newerDataKept: true, explained: true, currentAccepted: true };

testCheck(versionConflict, {
  pass: { 'refused, current one accepted': { 'stale-update': refused } },
  warn: {
    'refused without a word': { 'stale-update': { ...refused, explained: false } },
    'no version at all is accepted': { 'stale-update': refused, 'unconditional-update': { status: 200 } },
  },
  fail: { 'lost update': { 'stale-update': { ...refused, status: 200, newerDataKept: false } } },
  notMeasured: {
    'everything is refused': { 'stale-update': { ...refused, status: 500, currentAccepted: false } },
    'nobody else could write': { 'stale-update': { missing: 'no-second-context' } },
  },
  notApplicable: {
    'a suggestion changes nothing': {
      facts: {},
      subject: { item: { action: { id: 'offer', kind: 'suggest' }, path: undefined } },
    },
  },
});
