import necessary from '../../../checks/hipaa/minimum-necessary.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Brought = FactValue<'contract-searches'>[number];

const contract: Partial<Contract> = {
  dataHandling: { purpose: 'payment' },
  resources: [
    { id: 'slots', type: 'Slot', find: 'Slot?schedule={{trigger.provider}}' },
    { id: 'visits', type: 'Appointment', find: 'Appointment?patient={{patient.id}}' },
  ],
};
const slots: Brought = {
  resourceType: 'Slot',
  searches: 2,
  rows: 12,
  needed: 12,
  outsideRange: 0,
  otherTypes: [],
};
const of = (
  changed: Partial<Brought>,
  asked: Partial<Contract> = contract,
  organization: Partial<OrganizationProfile> = {},
) => runCase({ 'contract-searches': [{ ...slots, ...changed }] }, asked, organization);
const included: Partial<Contract> = {
  resources: [{ id: 'slots', type: 'Slot', find: 'Slot?schedule=1&_include=Slot:schedule' }],
};

type Reading = FactValue<'product-reading'>;
const product = (changed: Partial<Reading['types'][number]>, more: Partial<Reading> = {}, tool = [slots]) =>
  runCase(
    {
      'contract-searches': tool,
      'product-reading': {
        requests: 30,
        types: [{ ...slots, reads: 4, narrowed: 0, ...changed }],
        wholeRecords: [],
        ...more,
      },
    },
    contract,
  );

testCheck(necessary, {
  pass: {
    'the product fetches the same': product({}),
    'a recording of the product alone': product({}, {}, []),
    'the product has a Subscription': product({ resourceType: 'Subscription', rows: 0, needed: 0 }),
    'what was asked for': of({}),
    'half as many again': of({ rows: 18 }),
    'another type of the contract': of({ otherTypes: ['Appointment'] }),
    'what the search includes by itself': of({ otherTypes: ['Schedule'] }, included),
    'a message of the server': of({ otherTypes: ['OperationOutcome'] }),
  },
  warn: {
    'the product fetches twice as much': product({ rows: 30 }),
    'the product asks beyond the range': product({ outsideRange: 2 }),
    'twice as many': of({ rows: 24 }),
    'from outside the range': of({ outsideRange: 1 }, { ...contract, dataHandling: { purpose: 'treatment' } }),
  },
  fail: {
    'the product fetches a type nobody named': product({ resourceType: 'Observation' }),
    'something comes along for the product': product({ otherTypes: ['Coverage'] }),
    'the product asks for everything': product({}, { wholeRecords: ['$everything'] }),
    'a type nobody named': of({ otherTypes: ['Practitioner'] }),
    'the whole record': of(
      {},
      { ...contract, resources: [{ id: 'all', type: 'Patient', find: 'Patient/{{patient.id}}/$everything' }] },
    ),
    'a full export on a path': of({}, contract, {
      paths: { book: { do: { method: 'GET', url: 'Group/1/$export' } } },
    }),
  },
  notMeasured: {
    'no search was answered': runCase({ 'contract-searches': [] }, contract),
    'every search was empty': of({ rows: 0, needed: 0 }),
  },
});
