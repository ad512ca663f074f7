import certifiedConnection from '../../../checks/profile/certified-connection.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Claim = FactValue<'connection-claim'>;
const claim: Claim = {
  vendor: 'Oracle Health',
  product: 'Millennium',
  version: '2026.1',
  chplProductNumber: '15.04.04.0000',
  letter: { owner: 'cio@clinic.example', expires: '2027-05-02' },
  listing: { direction: 'read-write', status: 'live', date: '2026-05-02' },
};
const statement = (
  software: string | null,
  softwareVersion: string | null = null,
): FactValue<'capability-statement'> => ({
  status: 200,
  found: true,
  fhirVersion: '4.0.1',
  software,
  softwareVersion,
  implementation: null,
  interactions: [],
  operations: [],
  usCoreVersions: [],
  types: [],
});
const books: Partial<Contract> = { actions: [{ id: 'book', kind: 'commit', via: 'fhir-r4' }] };
const showsOnly: Partial<Contract> = { actions: [{ id: 'book', kind: 'suggest', via: 'fhir-r4' }] };
const of = (more: Partial<Claim>, server = statement('Cerner Millennium', '2026.1'), contract = books) =>
  runCase({ 'connection-claim': { ...claim, ...more }, 'capability-statement': server }, contract);

testCheck(certifiedConnection, {
  pass: {
    'letter and listing, software as claimed': of({}),
    'the server names no software': of({}, statement(null)),
    'no statement was read': runCase({ 'connection-claim': claim }, books),
    'a live listing is enough': of({ letter: null }),
    'read only, for a contract that shows only': of(
      { listing: { direction: 'read', status: 'live', date: null } },
      statement('Millennium'),
      showsOnly,
    ),
    'the name written in one word': of(
      { vendor: 'eClinical Works', product: null, version: null },
      statement('eClinicalWorks FHIR Server'),
    ),
    'the short name of a longer product': of(
      { vendor: 'Epic', product: 'EpicCare', version: null },
      statement('Epic', 'May 2026'),
    ),
    'nobody says which product': of({ vendor: null, product: null, version: null }),
  },
  warn: {
    'a listing to read': of({ listing: { direction: 'read', status: 'live', date: null } }),
    'another version': of({}, statement('Millennium', '2025.4')),
  },
  fail: {
    'the letter ended': of({ letter: { owner: 'cio@clinic.example', expires: '2026-11-19' } }),
    'another product answers': of({}, statement('HAPI FHIR Server')),
    'a withdrawn listing': of({ listing: { direction: 'read-write', status: 'withdrawn', date: null } }),
  },
  notMeasured: {
    'nothing on file': of({ letter: null, listing: null }),
    'a listing in review': of({ letter: null, listing: { direction: 'read-write', status: 'in-review', date: null } }),
    'a listing of no status': of({ letter: null, listing: { direction: 'read-write', status: null, date: null } }),
    'a letter nobody signed': of({ letter: { owner: null, expires: '2027-05-02' } }),
    'a letter that names no direction': of({ listing: null }),
  },
});
