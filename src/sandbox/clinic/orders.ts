import type { Coverage, Practitioner, ServiceRequest, Task } from 'fhir/r4.js';
import type { TestOrder } from './clinic-index.js';
import { type Identity, dateText, dayAfter, instantText, minutesAfter, referenceTo } from './identity.js';
import type { Person } from './people.js';

export interface Orders {
  readonly resources: readonly (Coverage | ServiceRequest | Task)[];
  readonly orders: readonly TestOrder[];
}

/** SNOMED CT imaging; the category by which imaging orders are chosen. */
const imaging = { system: 'http://snomed.info/sct', code: '363679005', display: 'Imaging' };

/** The procedure that payers want to be asked about. */
const asked = { code: '241615005', display: 'Magnetic resonance imaging of breast' };
const others = [
  { code: '241541005', display: 'High resolution computed tomography of chest' },
  { code: '16310003', display: 'Ultrasonography' },
] as const;

/** Coverage of every patient; for test patients an order with an open task, one nobody tracks yet, and an unsigned one. */
export function createOrders(identity: Identity, person: Person, practitioner: Practitioner, payer: string): Orders {
  const { alias } = person;
  const coverage = createCoverage(identity, person, payer);
  if (alias === undefined) return { resources: [coverage], orders: [] };
  const tracked = createOrder(identity, person, practitioner, coverage, 'active');
  const untracked = createOrder(identity, person, practitioner, coverage, 'active');
  const unsigned = createOrder(identity, person, practitioner, coverage, 'draft');
  const task = createTask(identity, person, practitioner, tracked);
  return {
    resources: [coverage, tracked, untracked, unsigned, task],
    orders: [
      { id: tracked.id ?? '', patient: alias, status: 'active', task: task.id ?? '' },
      { id: untracked.id ?? '', patient: alias, status: 'active' },
      { id: unsigned.id ?? '', patient: alias, status: 'draft' },
    ],
  };
}

function createCoverage(identity: Identity, { resource, gaps }: Person, payer: string): Coverage {
  const member = `M${identity.random.below(900_000_000) + 100_000_000}`;
  return {
    resourceType: 'Coverage',
    id: identity.newId('cov'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-coverage'] },
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MB' }] },
        system: identity.system('member'),
        value: member,
      },
    ],
    status: 'active',
    type: { coding: [{ system: 'https://nahdo.org/sopt', code: '512', display: 'Commercial Managed Care - PPO' }] },
    ...(gaps.includes('Coverage.subscriberId') ? {} : { subscriberId: member }),
    beneficiary: { reference: referenceTo(resource) },
    relationship: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/subscriber-relationship', code: 'self' }],
    },
    period: { start: dateText(dayAfter(identity.now, -200)), end: dateText(dayAfter(identity.now, 365)) },
    payor: [{ reference: payer }],
    class: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'plan' }] },
        value: 'SAMPLE-PPO',
        name: 'Sample PPO',
      },
    ],
  };
}

function createOrder(
  identity: Identity,
  { alias, resource, gaps }: Person,
  practitioner: Practitioner,
  coverage: Coverage,
  status: 'active' | 'draft',
): ServiceRequest {
  // Always one in four, so that whoever advises on it has something to say, and not to every order.
  const usual = identity.random.pick(others);
  const procedure = Number(/^p(\d+)$/.exec(alias ?? '')?.[1] ?? 1) % 4 === 0 ? asked : usual;
  const indication = { coding: [{ system: 'http://snomed.info/sct', code: '29857009', display: 'Chest pain' }] };
  return {
    resourceType: 'ServiceRequest',
    id: identity.newId('ord'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-servicerequest'] },
    identifier: [{ system: identity.system('order'), value: `O${identity.random.below(9_000_000) + 1_000_000}` }],
    status,
    intent: 'order',
    category: [{ coding: [imaging], text: imaging.display }],
    priority: 'routine',
    code: { coding: [{ system: 'http://snomed.info/sct', ...procedure }] },
    subject: { reference: referenceTo(resource) },
    occurrenceDateTime: instantText(dayAfter(identity.now, 20)),
    authoredOn: instantText(minutesAfter(identity.now, -60)),
    requester: { reference: referenceTo(practitioner) },
    ...(gaps.includes('ServiceRequest.reasonCode.coding.code') ? {} : { reasonCode: [indication] }),
    insurance: [{ reference: referenceTo(coverage) }],
  };
}

function createTask(
  identity: Identity,
  { resource, site }: Person,
  practitioner: Practitioner,
  order: ServiceRequest,
): Task {
  const opened = instantText(minutesAfter(identity.now, -50));
  return {
    resourceType: 'Task',
    id: identity.newId('tas'),
    identifier: [{ system: identity.system('prior-authorization'), value: order.identifier?.[0]?.value ?? '' }],
    status: 'requested',
    businessStatus: {
      coding: [{ system: identity.system('prior-authorization-status'), code: 'waiting-for-payer' }],
      text: 'Waiting for payer',
    },
    intent: 'order',
    priority: 'routine',
    code: {
      coding: [{ system: identity.system('task-type'), code: 'prior-authorization' }],
      text: 'Prior authorization',
    },
    focus: { reference: referenceTo(order) },
    for: { reference: referenceTo(resource) },
    authoredOn: opened,
    lastModified: opened,
    requester: { reference: referenceTo(practitioner) },
    owner: { reference: site.organization },
  };
}
