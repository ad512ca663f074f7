import patientBoundary from '../../../checks/scope/patient-boundary.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Boundary = FactValue<'patient-boundary'>;
type Trial = Boundary['trials'][number];
type Create = FactValue<'patient-boundary-create'>;

const patient: Trial = { way: 'read', resourceType: 'Patient', status: 403, seen: 'refused', worksForOwn: true };
const search: Trial = { way: 'search', resourceType: 'Encounter', status: 200, seen: 'nothing', worksForOwn: true };
const include: Trial = { ...search, way: 'include' };
const good: Boundary = { ownBefore: true, ownAfter: true, trials: [patient, search, include] };
const created: Create = {
  resourceType: 'DocumentReference',
  status: 403,
  seen: 'refused',
  ownBefore: true,
  ownAfter: true,
};
const trials = (...own: Trial[]): FullCase => run({ ...good, trials: own });
const create = (changes: Partial<Create>): FullCase => run(good, { ...created, ...changes });

function run(facts: Boundary, write?: Create, kind = 'smart-launch'): FullCase {
  const item = {
    environmentId: 'simulator',
    contract: { metadata: { id: 'notes' }, triggers: [{ id: 'open', kind }] },
    organization: { metadata: { id: 'lakeside' } },
  };
  return {
    facts: { 'patient-boundary': facts, ...(write === undefined ? {} : { 'patient-boundary-create': write }) },
    subject: { id: 'run', item },
  };
}

testCheck(patientBoundary, {
  pass: {
    'refused, and empty lists': run(good),
    'a create is refused too': run(good, created),
    'a create is called wrong': create({ status: 422, seen: 'unusual' }),
    hidden: trials({ ...patient, status: 404, seen: 'hidden' }, search),
    'nothing is ever included': trials(patient, search, { ...include, worksForOwn: false }),
    'attachments are not for this app': trials(patient, search, {
      ...patient,
      way: 'attachment',
      resourceType: 'Binary',
      worksForOwn: false,
    }),
  },
  warn: { 'no records of both patients': trials(patient) },
  fail: {
    'the other patient': trials({ ...patient, status: 200, seen: 'data' }, search),
    'rows of the other patient': trials(patient, { ...search, seen: 'data' }),
    'included although withheld': trials(patient, search, { ...include, seen: 'data' }),
    'an attachment': trials(patient, search, {
      way: 'attachment',
      resourceType: 'Binary',
      status: 200,
      seen: 'data',
      worksForOwn: true,
    }),
    'a note about the other patient': create({ status: 201, seen: 'data' }),
  },
  notMeasured: {
    'its own patient is refused before': run({ ...good, ownBefore: false }),
    'its own patient is refused after': run({ ...good, ownAfter: false }),
    'its own patient is refused after the create': create({ ownAfter: false }),
    'its own rows do not come either': trials(patient, { ...search, worksForOwn: false }),
    'a fault': trials({ ...patient, status: 500, seen: 'fault' }, search),
    'a create ends in a fault': create({ status: 500, seen: 'fault' }),
    'a create is answered with nothing': create({ status: 204, seen: 'nothing' }),
  },
  notApplicable: { 'nobody opens it': run(good, undefined, 'external') },
});
