import type { Appointment, Slot } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';
import type { Store } from '../fhir/store.js';

export default defineDeviation({
  id: 'slots-held-unseen',
  title: 'Every fifth time of the test provider is held by a visit booked at the desk and shown as free',
  caughtBy: ['read.slot-truth'],
  source: 'https://hl7.org/fhir/R4/slot.html#bnr',
  store(store) {
    const testSchedules = new Set(
      [...store.all('Schedule')]
        .filter((schedule) => JSON.stringify(schedule).includes('INTEGRATION TEST'))
        .map(({ id }) => `Schedule/${id}`),
    );
    const slots = [...(store.all('Slot') as Iterable<Slot & { id: string }>)].filter(
      ({ status, schedule }) => status === 'free' && testSchedules.has(schedule.reference ?? ''),
    );
    const model = visitAtTheSameSite(store, testSchedules);
    store.transaction((writer) => {
      for (const { id, start, end } of slots.filter((_, n) => n % 5 === 0)) {
        if (model === undefined) continue;
        const visit: Appointment = { ...model, id: `desk-${id}`, start, end, slot: [{ reference: `Slot/${id}` }] };
        writer.create(visit);
      }
    });
    return store;
  },
});

function visitAtTheSameSite(store: Store, schedules: ReadonlySet<string>): Appointment | undefined {
  return [...(store.all('Appointment') as Iterable<Appointment>)].find((visit) =>
    visit.slot?.some(({ reference }) => {
      const slot = store.get('Slot', reference?.split('/')[1] ?? '')?.resource as Slot | undefined;
      return schedules.has(slot?.schedule.reference ?? '');
    }),
  );
}
