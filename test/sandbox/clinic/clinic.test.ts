import { compile, evaluate } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import type { Resource, Slot } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { createClinic } from '../../../src/sandbox/clinic/clinic.js';
import { createStore } from '../../../src/sandbox/fhir/store.js';
import { checkReferences, validResource } from '../../../src/sandbox/fhir/validation.js';

const now = new Date('2026-11-20T10:15:30Z');
const clinic = createClinic({ seed: 'clinic-test', organization: 'lakeside', now });
const { resources, index } = clinic;
const byReference = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
const ofType = <T extends Resource>(type: T['resourceType']) =>
  resources.filter((resource): resource is T => resource.resourceType === type);
const complete = index.patients.filter(({ alias, site }) => /^p\d+$/u.test(alias) && site === 'north');

describe('createClinic', () => {
  it('is a pure function of its arguments', () => {
    expect(createClinic({ seed: 'clinic-test', organization: 'lakeside', now })).toEqual(clinic);
  });

  it('gives another organization and another seed other ids and canaries', () => {
    const ids = new Set(resources.map(({ id }) => id));
    const canaries = new Set(index.patients.map(({ canary }) => canary));
    for (const other of [
      createClinic({ seed: 'clinic-test', organization: 'summit', now }),
      createClinic({ seed: 'other', organization: 'lakeside', now }),
    ]) {
      expect(other.resources.filter(({ id }) => ids.has(id))).toEqual([]);
      expect(other.index.patients.filter(({ canary }) => canaries.has(canary))).toEqual([]);
    }
  });

  it('lists every resource after what it refers to, each id once', () => {
    const seen = new Set<string>();
    const dangling: string[] = [];
    for (const resource of resources) {
      for (const reference of referencesIn(resource)) if (!seen.has(reference)) dangling.push(reference);
      seen.add(`${resource.resourceType}/${resource.id}`);
    }
    expect(dangling).toEqual([]);
    expect(seen.size).toBe(resources.length);
  });

  it('passes the write validation of the EHR', () => {
    const store = createStore({ now: () => now });
    store.transaction((writer) => {
      for (const resource of resources) writer.create(resource);
    });
    const refused = resources.flatMap((resource) => {
      try {
        checkReferences(validResource(resource, resource.resourceType), store, 'https://ehr.example/fhir');
        return [];
      } catch (fault) {
        return [`${resource.resourceType}: ${JSON.stringify(fault)}`];
      }
    });
    expect([...new Set(refused)]).toEqual([]);
    expect(store.get('Patient', complete[0]?.id ?? '')?.resource?.resourceType).toBe('Patient');
  });

  it('holds at least 60 patients over three sites, all of a site organization', () => {
    const owners = new Map(index.sites.map(({ organization, id }) => [organization, id]));
    const sites = ofType('Patient').map((patient) => owners.get(referencesIn(patient)[0] ?? ''));
    expect(sites.length).toBeGreaterThanOrEqual(60);
    expect(new Set(sites)).toEqual(new Set(['north', 'south', 'imaging']));
  });
});

describe('test patients', () => {
  it('carry a canary as family name that stands in no other resource', () => {
    const text = new Map(resources.map((resource) => [resource.id, JSON.stringify(resource)]));
    for (const { id, canary, family } of index.patients) {
      expect(canary).toMatch(/^ZZTEST[A-Z]{7}$/u);
      expect(family).toBe(canary);
      const holders = [...text].filter(([, json]) => json.includes(canary)).map(([holder]) => holder);
      const twins = index.patients.filter((patient) => patient.canary === canary).map((patient) => patient.id);
      expect(new Set(holders)).toEqual(new Set(twins));
      expect(twins).toContain(id);
    }
  });

  it('are alike only where they are twins', () => {
    const alike = index.patients
      .filter(
        ({ family, birthDate }) =>
          index.patients.filter((p) => p.family === family && p.birthDate === birthDate).length > 1,
      )
      .map(({ alias }) => alias);
    expect(alike).toEqual(index.twins.flat());
  });

  it('have one visit each on a test schedule, in a slot that is busy and at least 15 days ahead', () => {
    const earliest = now.getTime() + 14 * 86_400_000;
    const schedules = new Set(index.schedules.map(({ id }) => `Schedule/${id}`));
    expect(index.appointments.map(({ patient }) => patient).toSorted()).toEqual(
      index.patients.map(({ alias }) => alias).toSorted(),
    );
    expect(new Set(index.appointments.map(({ slot }) => slot)).size).toBe(index.appointments.length);
    for (const { slot } of index.appointments) {
      const stored = byReference.get(`Slot/${slot}`);
      if (stored?.resourceType !== 'Slot') throw new Error(`no Slot/${slot}`);
      const found = stored as Slot;
      expect(found.status).toBe('busy');
      expect(schedules).toContain(found.schedule.reference);
      expect(Date.parse(found.start)).toBeGreaterThan(earliest);
    }
  });
});

describe('test schedules', () => {
  it('offer at least 200 free slots each, none sooner than 15 days ahead and none overlapping', () => {
    const slots = ofType<Slot>('Slot');
    for (const { id, freeSlots, from, to, canary } of index.schedules) {
      expect(JSON.stringify(byReference.get(`Schedule/${id}`))).toContain(canary);
      const own = slots.filter(({ schedule }) => schedule.reference === `Schedule/${id}`);
      expect(own.filter(({ status }) => status === 'free')).toHaveLength(freeSlots);
      expect(freeSlots).toBeGreaterThanOrEqual(200);
      expect(Math.min(...own.map(({ start }) => Date.parse(start)))).toBe(Date.parse(from));
      expect(Math.max(...own.map(({ end }) => Date.parse(end)))).toBe(Date.parse(to));
      expect(Date.parse(from)).toBeGreaterThan(now.getTime() + 14 * 86_400_000);
    }
    for (const practitioner of new Set(index.schedules.map((schedule) => schedule.practitioner))) {
      const own = index.schedules
        .filter((schedule) => schedule.practitioner === practitioner)
        .map(({ id }) => `Schedule/${id}`);
      expect(own).toHaveLength(2);
      const starts = slots.filter(({ schedule }) => own.includes(schedule.reference ?? '')).map(({ start }) => start);
      expect(new Set(starts).size).toBe(starts.length);
    }
  });
});

describe('workflow data of the complete patients', () => {
  const must: readonly [type: string, minimum: number, paths: readonly string[]][] = [
    ['Patient', 24, ["name.where(use = 'official').family", 'birthDate', "telecom.where(system = 'phone').value"]],
    ['Appointment', 24, ['status', 'start', "participant.where(actor.reference.startsWith('Patient/')).status"]],
    ['Encounter', 96, ['status', 'participant.individual.reference', 'period.start', 'location.location.reference']],
    [
      'MedicationRequest',
      72,
      [
        'status',
        'medication.select(ofType(CodeableConcept).text | ofType(Reference).display)',
        'authoredOn',
        'dosageInstruction.text',
      ],
    ],
    ['AllergyIntolerance', 24, ['clinicalStatus.coding.code', 'code.coding.code']],
    [
      'ServiceRequest',
      72,
      ['status', 'code.coding.code', 'subject.reference', 'requester.reference', 'reasonCode.coding.code', 'priority'],
    ],
    ['Coverage', 24, ['status', 'subscriberId', 'payor.reference', 'period.end']],
    ['Task', 24, ['status', 'businessStatus.coding.code', 'lastModified', 'owner.reference']],
  ];

  it.each(must)('%s: every element a contract demands is there', (type, minimum, paths) => {
    const owners = new Set(complete.map(({ id }) => `Patient/${id}`));
    const found = resources.filter(
      (resource) =>
        resource.resourceType === type &&
        (owners.has(`Patient/${resource.id}`) || referencesIn(resource).some((reference) => owners.has(reference))),
    );
    expect(found.length).toBeGreaterThanOrEqual(minimum);
    for (const path of paths) {
      const compiled = compile(`${type}.${path}`, r4);
      expect(
        found.filter((resource) => (compiled(resource, {}) as unknown[]).length === 0).map(({ id }) => id),
      ).toEqual([]);
    }
  });

  it('names visits under way, orders with a task, a label and a second site', () => {
    const closeable = index.encounters.filter(({ patient, closeable: open }) => open && /^p\d+$/u.test(patient));
    expect(closeable.length).toBeGreaterThanOrEqual(69);
    expect(index.orders.filter(({ task }) => task !== undefined).length).toBeGreaterThanOrEqual(24);
    expect(index.orders.every(({ id }) => byReference.has(`ServiceRequest/${id}`))).toBe(true);
    expect(
      index.sensitive.map(({ object, label, consent }) => [
        byReference.has(object),
        label,
        byReference.has(consent ?? ''),
      ]),
    ).toEqual([
      // A visit, then the notes of a patient who keeps them from programs.
      [true, 'PSY', false],
      [true, undefined, true],
      [true, 'PSY', false],
    ]);
    expect(index.otherSite.site).toBe('south');
    expect(byReference.has(`Appointment/${index.otherSite.appointment}`)).toBe(true);
  });

  it('misses in each gap patient the element it names', () => {
    const gaps = index.patients.filter(({ gaps: missing }) => missing.length > 0);
    expect(gaps).toHaveLength(7);
    for (const { id, gaps: missing } of gaps) {
      for (const path of missing) {
        const type = path.slice(0, path.indexOf('.'));
        const own = resources.filter(
          (resource) =>
            resource.resourceType === type && (resource.id === id || referencesIn(resource).includes(`Patient/${id}`)),
        );
        expect(own.length).toBeGreaterThan(0);
        expect(own.flatMap((resource) => evaluate(resource, path, {}, r4) as unknown[])).toEqual([]);
      }
    }
  });
});

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'reference' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}
