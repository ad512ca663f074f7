import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });
const count = Type.Integer({ minimum: 0 });

/** What happens when two writers meet. Subject: action. */
export const conflictFacts = {
  /** An update based on an outdated version, between two that are based on the current one. */
  'stale-update': factKind(
    1,
    Type.Object({
      status,
      newerDataKept: Type.Boolean(),
      explained: Type.Boolean(),
      /** Updates based on the current version are accepted just before and just after. */
      currentAccepted: Type.Boolean(),
    }),
  ),
  /** An update that states no version at all. */
  'unconditional-update': factKind(1, Type.Object({ status })),
  /** Two contexts book the same slot; living bookings of ours are counted afterwards, whatever was answered. */
  'slot-race': factKind(
    1,
    Type.Object({
      /** Repetitions whose second request was sent before the first answer, and at most 50 ms after the first request. */
      overlapping: count,
      /** Of these, the slots that held exactly one booking. */
      bookedOnce: count,
      /** Slots that held more than one, whether the requests overlapped or not. */
      bookedTwice: count,
      /** On one slot. */
      mostBookings: count,
      /** Bookings one slot may hold by the organization's own rule. */
      bookingsPerSlot: Type.Integer({ minimum: 1 }),
      /** Each of the two contexts got a booking at least once, so that a refusal is about the slot. */
      bothCanBook: Type.Boolean(),
      /** Answers to requests that got no booking. */
      refusals: Type.Array(status, { maxItems: 20 }),
      /** Book, cancel, book, one after the other: bookings in the end. Absent where the cancelling was not taken. */
      bookedAgain: Type.Optional(Type.Object({ status, bookings: count })),
    }),
  ),
};
