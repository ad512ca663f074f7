import type { Resource, Schedule } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { defineDeviation, withResources } from '../../../src/sandbox/deviation.js';
import { trial } from '../../support/trial.js';

const odd: Readonly<Record<string, object>> = {
  Location: { physicalType: { coding: 'ro' } },
  HealthcareService: { availableTime: [null, { daysOfWeek: 'mon' }], notAvailable: [{ during: null }, 3] },
  Appointment: { participant: 'nobody', slot: [null, 'Slot/1'], start: 12 },
};

const oddShapes = defineDeviation({
  id: 'schedules-of-odd-shapes',
  title: 'Schedules, places, services and visits come in shapes no standard knows',
  caughtBy: ['read.slot-truth'],
  source: 'https://hl7.org/fhir/R4/json.html',
  wrap: (next) => async (request) =>
    withResources(await next(request), (resource): Resource => {
      const changed = { ...resource, ...odd[resource.resourceType] };
      if (resource.resourceType !== 'Schedule') return changed;
      return {
        ...changed,
        actor: [...(resource as Schedule).actor, null, 7, { reference: 9 }, 'Location/1'],
      } as Resource;
    }),
});

it('takes shapes no standard knows for nothing said', async () => {
  const { events, fact } = await trial({ deviations: [oddShapes], checks: ['read.slot-truth'] });
  expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
  expect(fact('offered-slots', 'slots')).toMatchObject({ offered: 100, phantom: 0 });
});
