import { setTimeout as pause } from 'node:timers/promises';
import { readFreeSlots } from './product.js';
import { runProgram } from './program.js';

/** A product beside the EHR: it reads out the availability it copied when it started and writes nothing, ever. */
await runProgram(async (connection, configuration) => {
  const copy = await readFreeSlots(connection, configuration, {});
  const lateMs = configuration.answersAfterMs;
  return {
    availability: ({ slot, from, to }) =>
      Promise.resolve({
        asOf: copy.asOf,
        slots: copy.slots.filter(
          (each) =>
            (slot === undefined || each.slot === slot) &&
            (from === undefined || Date.parse(each.start) >= Date.parse(from)) &&
            (to === undefined || Date.parse(each.start) < Date.parse(to)),
        ),
      }),
    ...(lateMs === undefined
      ? {}
      : {
          async freed({ id, slot }) {
            await pause(lateMs);
            const known = copy.slots.find((each) => each.slot === slot?.[0]?.reference);
            return known && { ...known, appointment: `Appointment/${id}`, offeredAt: new Date().toISOString() };
          },
        }),
    call: () => Promise.resolve({ outcome: 'noted' as const, reason: 'somebody will call back' }),
  };
});
