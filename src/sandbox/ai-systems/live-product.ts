import { setTimeout as pause } from 'node:timers/promises';
import type { Configuration } from './configuration.js';
import type { FhirConnection } from './fhir-connection.js';
import { type BookingHabits, createLiveBooking } from './live-booking.js';
import { offered, type Product, readFreeSlots } from './product.js';
import { slotAnswers } from './slot-answers.js';

/** A product that lives in the EHR: it hears of changes, reads at use, and books where the EHR keeps the last word. */
export function liveProduct(
  connection: FhirConnection,
  configuration: Configuration,
  habits: BookingHabits = {},
): Product {
  const slotNow = async (slot: string) => offered((await connection.send({ method: 'GET', url: slot })).body);
  const say = slotAnswers(connection, configuration);
  return {
    async availability(question) {
      if (question.slot === undefined) return readFreeSlots(connection, configuration, question);
      const asOf = new Date().toISOString();
      return { asOf, slots: [(await say(question.slot)) ?? []].flat() };
    },
    async freed({ id, slot }) {
      await pause(configuration.answersAfterMs ?? 0);
      const reference = slot?.[0]?.reference;
      const free = reference === undefined ? undefined : await slotNow(reference);
      return free && { ...free, appointment: `Appointment/${id}`, offeredAt: new Date().toISOString() };
    },
    call: createLiveBooking(connection, configuration, habits).call,
  };
}
