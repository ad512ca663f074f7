import workflow from '../../../checks/scope/workflow.js';
import type { FactValue } from '../../../src/model/fact.js';
import type { Holder } from '../../../src/model/outcome.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';

type Clients = FactValue<'workflow-clients'>;
type Trial = FactValue<'workflow-use'>[number];

const other: Clients['others'][number] = {
  binding: 'scribe',
  workflow: 'documentation',
  sameClient: false,
  scopesDiffer: true,
};
const apart: Clients = { binding: 'bot', workflow: 'scheduling', others: [other] };
const clients = (different: Partial<Clients> = {}) => ({ 'workflow-clients': { ...apart, ...different } });
const here: Trial = {
  direction: 'other-here',
  workflow: 'documentation',
  way: 'read',
  resourceType: 'Slot',
  status: 403,
  seen: 'refused',
  allowedBefore: true,
  allowedAfter: true,
};
const there: Trial = { ...here, direction: 'own-there', resourceType: 'Encounter' };
const taken = { status: 200, seen: 'data' } as const;
const used = (...trials: Trial[]) => ({ ...clients(), 'workflow-use': trials });
const shared = (different: Partial<Clients['others'][number]> = {}) =>
  clients({ others: [{ ...other, sameClient: true, ...different }] });

const heldBy = (holder: Holder, facts: CaseFacts) => ({
  facts,
  subject: {
    item: {
      contract: { permissions: { workflowLimit: { heldBy: holder } } },
      organization: {},
      environmentId: 'simulator',
    },
  },
});
const trials = (count: number, breaches: number): CaseFacts => ({
  ...shared({ scopesDiffer: false }),
  'product-trials': [{ control: 'workflowLimit', trials: count, breaches }],
});
const drills = (count: number, missed: number): CaseFacts => ({
  ...shared({ scopesDiffer: false }),
  'person-drills': [{ control: 'workflowLimit', drills: count, missed }],
});

testCheck(workflow, {
  pass: {
    'one workflow only': clients({ others: [] }),
    'separate clients': clients(),
    'refused both ways': used(here, there),
    'hidden instead of refused': used({ ...here, status: 404, seen: 'hidden' }),
    'a create is refused': { ...used(here, there), 'workflow-create': [{ ...here, way: 'create' }] },
    'one client, and scopes that keep the tokens apart': { ...shared(), 'workflow-use': [here, there] },
    'a person holds it': heldBy('person', drills(3, 0)),
  },
  warn: { 'one client, and the product keeps them apart': heldBy('product', trials(12, 0)) },
  fail: {
    'the other client reads here': used({ ...here, ...taken }),
    'this client reads there': used(here, { ...there, ...taken }),
    'the other client books': { ...used(here), 'workflow-create': [{ ...here, ...taken, way: 'create', status: 201 }] },
    'one client for both': shared({ scopesDiffer: false }),
    'the product mixed them up once': heldBy('product', trials(12, 1)),
    'a person missed it once': heldBy('person', drills(3, 1)),
  },
  notMeasured: {
    'nobody says which workflow it is for': clients({ workflow: null }),
    'client ids do not resolve': clients({ others: [{ ...other, sameClient: null }] }),
    'one client, nothing tried': shared(),
    'nothing works before': used({ ...here, allowedBefore: false }),
    'nothing works after': used({ ...there, allowedAfter: false }),
    'the server fails': used({ ...here, status: 500, seen: 'fault' }),
    'the create is invalid': {
      ...used(here),
      'workflow-create': [{ ...here, way: 'create', status: 422, seen: 'unusual' }],
    },
    'the product should hold it, nine trials': heldBy('product', trials(9, 0)),
    'a person should hold it, two drills': heldBy('person', drills(2, 0)),
  },
});
