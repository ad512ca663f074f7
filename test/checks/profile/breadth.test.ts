import breadth from '../../../checks/profile/breadth.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Coverage = FactValue<'run-coverage'>;
const east: FactValue<'previous-runs'>[number] = {
  runId: 'east-1',
  startedAt: '2026-11-01T08:00:00.000Z',
  evidenceSha256: 'a'.repeat(64),
  contractId: 'bot',
  contractVersion: null,
  organizationId: 'lakeside-east',
  environmentId: 'test',
  environmentClass: 'org-nonprod',
  resourceTypes: [],
  reads: true,
  writes: true,
  statementSha256: null,
  outcomes: {},
};
const two: Partial<OrganizationProfile> = {
  systems: [
    { id: 'millennium', sites: ['north', 'south', 'west', 'quay'], profile: 'lakeside' },
    { id: 'practice-manager', sites: ['east'], profile: 'lakeside-east' },
  ],
};
const one: Partial<OrganizationProfile> = { systems: [{ id: 'millennium', sites: ['north'] }] };
const books: Partial<Contract> = { actions: [{ id: 'book', kind: 'commit', via: 'fhir-r4' }] };
const of = (
  organization: Partial<OrganizationProfile>,
  more: Partial<Coverage> = {},
  previous: FactValue<'previous-runs'> = [],
  contract = books,
) =>
  runCase(
    { 'run-coverage': { reads: true, writes: true, peers: [], ...more }, 'previous-runs': previous },
    contract,
    organization,
  );

testCheck(breadth, {
  pass: {
    'one system, one file': of(one),
    'the other system has a run': of(two, {}, [east]),
    'a planned site is not in scope yet': of({ ...one, sites: [{ id: 'new', status: 'planned' }] }),
    'nothing is to be written': of(one, { writes: false }, [], {}),
  },
  warn: {
    'four of five sites': of(two, { peers: ['lakeside-east'] }),
    'the run of the fifth is too old': of(two, {}, [{ ...east, startedAt: '2026-08-01T08:00:00.000Z' }]),
    'the run of the fifth wrote nothing': of(two, {}, [{ ...east, writes: false }]),
    'the run of the fifth was another workflow': of(two, {}, [{ ...east, contractId: 'scribe' }]),
  },
  fail: {
    'nobody described the second system': of(two),
    'a system without a profile beside another': of(
      { systems: [...(two.systems ?? []), { id: 'third', sites: ['x'] }] },
      {},
      [east],
    ),
    'a live site on no system': of({ ...one, sites: [{ id: 'north' }, { id: 'lost', status: 'live' }] }),
  },
  notMeasured: {
    'no inventory': of({}),
    'systems without sites': of({ systems: [{ id: 'millennium' }] }),
    'this run read nothing': of(one, { reads: false }),
    'this run wrote nothing': of(one, { writes: false }),
  },
});
