import type { Appointment, Schedule, Slot } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'offers-in-a-taken-room',
  title: 'Every fifth time of the test provider is offered although another visit has the room',
  caughtBy: ['read.slot-truth'],
  source: 'https://hl7.org/fhir/R4/slot.html#bnr',
  store(store) {
    const rooms = new Map(
      [...(store.all('Schedule') as Iterable<Schedule & { id: string }>)].flatMap(({ id, comment, actor }) => {
        const room = actor.find(({ display }) => display?.startsWith('Room '))?.reference;
        return comment?.startsWith('INTEGRATION TEST') === true && room !== undefined ? [[`Schedule/${id}`, room]] : [];
      }),
    );
    const slots = [...(store.all('Slot') as Iterable<Slot & { id: string }>)].filter(
      ({ status, schedule }) => status === 'free' && rooms.has(schedule.reference ?? ''),
    );
    store.transaction((writer) => {
      for (const { id, start, end, schedule } of slots.filter((_, n) => n % 5 === 0)) {
        const visit: Appointment = {
          resourceType: 'Appointment',
          id: `room-${id}`,
          status: 'booked',
          start,
          end,
          participant: [{ actor: { reference: rooms.get(schedule.reference ?? '') ?? '' }, status: 'accepted' }],
        };
        writer.create(visit);
      }
    });
    return store;
  },
});
