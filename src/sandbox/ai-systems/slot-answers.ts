import type { Configuration } from './configuration.js';
import type { FhirConnection } from './fhir-connection.js';
import { type OfferedSlot, offered, readFreeSlots } from './product.js';

/** What is wrong with what a product says of one slot. */
export const availabilityFaults = ['every-other-answer-copied'] as const;
export type AvailabilityFault = (typeof availabilityFaults)[number];

/** What a product says of one slot, `Slot/<id>`: undefined while it would not offer it. */
export type SlotAnswers = (slot: string) => Promise<OfferedSlot | undefined>;

/** Read at use, unless the configuration has a copy answer: one that is renewed, or every other time the first one. */
export function slotAnswers(connection: FhirConnection, configuration: Configuration): SlotAnswers {
  const { copiesEveryMs, faults = [] } = configuration;
  const read: SlotAnswers = async (slot) => offered((await connection.send({ method: 'GET', url: slot })).body);
  if (copiesEveryMs !== undefined) return fromCopy(connection, configuration, copiesEveryMs);
  if (!faults.includes('every-other-answer-copied')) return read;
  const copy = fromCopy(connection, configuration, Number.POSITIVE_INFINITY);
  let turn = 0;
  return (slot) => (turn++ % 2 === 0 ? read(slot) : copy(slot));
}

/** Out of a copy of everything that is free, which is made anew at even intervals. */
function fromCopy(connection: FhirConnection, configuration: Configuration, everyMs: number): SlotAnswers {
  const sinceMs = Date.now();
  let made = -1;
  let copy: Promise<ReadonlyMap<string, OfferedSlot>> | undefined;
  const free = async (): Promise<ReadonlyMap<string, OfferedSlot>> => {
    const { slots } = await readFreeSlots(connection, configuration, {});
    return new Map(slots.map((each) => [each.slot, each]));
  };
  return async (slot) => {
    const due = Math.floor((Date.now() - sinceMs) / everyMs);
    if (due > made) {
      made = due;
      copy = free();
    }
    return (await copy)?.get(slot);
  };
}
