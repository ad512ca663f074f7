import atomicBundle from '../../../checks/error/atomic-bundle.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Outcome = FactValue<'bundle-outcome'>;

const refused: Outcome = {
  declared: 'transaction',
  controlsHeld: true,
  status: 422,
  tries: 1,
  serverErrors: 0,
  explained: true,
  validStored: false,
  invalidStored: false,
};

/** An action of several writes. */
const several = (seen: Outcome): FullCase => ({
  facts: { 'bundle-outcome': seen },
  subject: {
    item: { action: { id: 'open-case', kind: 'commit', via: 'fhir-r4', interaction: 'transaction' }, path: undefined },
  },
});

testCheck(atomicBundle, {
  pass: {
    'refused as a whole': several(refused),
    'refused as a whole with 400': several({ ...refused, status: 400 }),
  },
  warn: {
    'a batch, and the contract says so': several({ ...refused, declared: 'batch', status: 200, validStored: true }),
    'nothing stored and no refusal': several({ ...refused, status: 200 }),
    'refused without a word': several({ ...refused, explained: false }),
  },
  fail: {
    'half stored under 200': several({ ...refused, status: 200, validStored: true }),
    'half stored under a refusal': several({ ...refused, validStored: true }),
    'the invalid half alone': several({ ...refused, status: 200, invalidStored: true }),
    'server error three times': several({ ...refused, status: 500, tries: 3, serverErrors: 3 }),
  },
  notMeasured: {
    'the valid bundle is refused too': several({ ...refused, controlsHeld: false }),
    'the invalid entry is stored too': several({ ...refused, status: 200, validStored: true, invalidStored: true }),
    'one server error': several({ ...refused, status: 500, serverErrors: 1 }),
    'no right': several({ ...refused, status: 403 }),
  },
  notApplicable: { 'an action of one write': { 'bundle-outcome': refused } },
});
