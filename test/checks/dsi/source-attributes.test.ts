import sourceAttributes from '../../../checks/dsi/source-attributes.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

const covers = [
  'intended-use',
  'users',
  'cautions',
  'inputs',
  'training-population',
  'validation-population',
  'performance',
  'fairness',
  'monitoring',
  'update-date',
];
const sheet = (more: Partial<FactValue<'attestations'>[number]> = {}): FactValue<'attestations'>[number] => ({
  id: 'dsi-source-attributes',
  owner: 'safety@scribe.example',
  issued: '2026-07-01',
  expires: '2027-01-01',
  sha256: null,
  covers,
  ...more,
});
const predictive = { dataHandling: { modelUse: { predictive: true } } };
const of = (...attestations: FactValue<'attestations'>) =>
  runCase({ attestations }, predictive, { regulatory: { asOf: '2026-11-20', hti5Final: 'unknown' } });

testCheck(sourceAttributes, {
  pass: {
    'complete and in date': of(sheet()),
    'two sheets together': of(
      sheet({ covers: covers.slice(0, 4) }),
      sheet({ id: 'dsi-source-attributes-validation', covers: covers.slice(4) }),
    ),
    'its last day': of(sheet({ expires: '2026-11-20' })),
    'nobody says as of when the list stands': runCase({ attestations: [sheet()] }, predictive),
  },
  warn: {
    'one item is missing': of(sheet({ covers: covers.filter((item) => item !== 'fairness') })),
    'it is not said what it holds': of({ ...sheet(), covers: [] }),
    'what is missing stands in a sheet out of date': of(
      sheet({ covers: covers.slice(1) }),
      sheet({ expires: '2026-11-19' }),
    ),
  },
  fail: { 'stated to be about another use': of(sheet(), sheet({ id: 'no-dsi-source-attributes' })) },
  notMeasured: {
    'no sheet': of(),
    'nobody owns it': of(sheet({ owner: null })),
    'no end': of(sheet({ expires: null })),
    'out of date': of(sheet({ expires: '2026-11-19' })),
  },
  notApplicable: {
    'nothing is predicted': runCase({ attestations: [sheet()] }, { dataHandling: { modelUse: { predictive: false } } }),
    'the contract does not say': runCase({ attestations: [sheet()] }),
  },
});
