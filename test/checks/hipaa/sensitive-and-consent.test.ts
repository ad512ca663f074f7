import sensitive from '../../../checks/hipaa/sensitive-and-consent.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Seen = FactValue<'sensitive-records'>;
type One = Seen['records'][number];
type Sight = One['ai'][number];

const contract: Partial<Contract> = {
  dataHandling: { sensitive: { excludeLabels: ['PSY'] }, consent: { disclosure: 'written' } },
};
const claim = {
  id: 'part2-handling',
  statement: 'Left out before the model',
  owner: 'privacy@clinic.example',
  expires: '2027-01-01',
};
const gone: Sight = { status: 403, seen: 'refused', labelled: null, bundleLabelled: null };
const none: Sight = { status: 200, seen: 'nothing', labelled: null, bundleLabelled: null };
const data: Sight = { status: 200, seen: 'data', labelled: true, bundleLabelled: null };
const listed: Sight = { ...data, bundleLabelled: true };
const bare: Sight = { ...data, labelled: false };
const labelled: One = {
  name: 'DocumentReference of p1, labelled PSY',
  label: 'PSY',
  consent: null,
  staff: [data, listed],
  ai: [gone, none],
};
const denied: One = {
  name: 'DocumentReference of p1, kept back by consent',
  label: null,
  consent: { denies: true },
  staff: [bare, bare],
  ai: [gone, none],
};
const of = (
  records: One[],
  more: Partial<Seen> = {},
  asked: Partial<Contract> = contract,
  organization: Partial<OrganizationProfile> = { attestations: [claim] },
) =>
  runCase({ 'sensitive-records': { allowedBefore: true, allowedAfter: true, records, ...more } }, asked, organization);
const both = (changed: Partial<One>) => of([{ ...labelled, ...changed }, denied]);

testCheck(sensitive, {
  pass: {
    'neither comes': both({}),
    'hidden counts as refused': both({ ai: [{ ...gone, status: 404, seen: 'hidden' }, none] }),
    'a label nobody excludes may come': of([{ ...labelled, label: 'HIV', ai: [data, listed] }, denied]),
    'only labels are asked for': of([labelled], {}, { dataHandling: { sensitive: { excludeLabels: ['PSY'] } } }),
  },
  warn: {
    'left out later, as somebody states': both({ ai: [data, listed] }),
    'the bundle says nothing': both({ staff: [data, { ...data, bundleLabelled: false }] }),
    'no record with a consent': of([labelled]),
    'no record with a label': of([denied]),
  },
  fail: {
    'released without its label': both({ ai: [bare, none] }),
    'found without its label': both({ ai: [gone, bare] }),
    'the staff sees no label': both({ staff: [bare, bare] }),
    'released although denied': of([labelled, { ...denied, ai: [data, none] }]),
  },
  notMeasured: {
    'labelled, and nobody leaves it out': of([{ ...labelled, ai: [data, listed] }, denied], {}, contract, {}),
    'the statement has run out': of([{ ...labelled, ai: [data, listed] }, denied], {}, contract, {
      attestations: [{ ...claim, expires: '2026-11-19' }],
    }),
    'the consent could not be read': of([labelled, { ...denied, consent: { denies: null }, ai: [data, none] }]),
    'the consent denies nothing': of([labelled, { ...denied, consent: { denies: false }, ai: [data, none] }]),
    'nobody shows that it exists': both({ staff: [] }),
    'refused like everything else': of([labelled, denied], { allowedAfter: false }),
    'the server fails': both({ ai: [{ ...gone, status: 500, seen: 'fault' }, none] }),
    'no record is prepared': runCase({ 'sensitive-records': { missing: 'no-test-object' } }, contract),
  },
});
