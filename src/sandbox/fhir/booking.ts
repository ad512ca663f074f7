import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { problem } from './problem.js';
import { localReference } from './references.js';
import { illegalTransition } from './status-transitions.js';
import type { Store, StoreWriter } from './store.js';

const creatable = ['proposed', 'pending', 'booked', 'waitlist'];
const holding = ['booked', 'arrived', 'checked-in', 'fulfilled', 'noshow'];

/** What the rules need to know of the server. */
export interface BookingContext {
  readonly store: Store;
  readonly writer: StoreWriter;
  readonly base: string;
  readonly now: () => Date;
}

/**
 * The business rules of one client write, to be called inside its transaction before the write itself: states only go
 * where they may, appointments lie in the future and inside their free slots, slots become busy and free with their
 * appointments. `previous` is absent for a create, `next` for a delete. Throws FhirProblem 409 for a slot that is taken,
 * 422 for every other broken rule.
 */
export function applyWriteRules(
  previous: Resource | undefined,
  next: Resource | undefined,
  context: BookingContext,
): void {
  if (previous && next) {
    const illegal = illegalTransition(previous, next);
    if (illegal) {
      throw problem(422, 'business-rule', `Status may not go from ${illegal.from} to ${illegal.to}`, illegal.element);
    }
  }
  if (isSlot(previous) || isSlot(next)) checkSlot(previous, next);
  if (isAppointment(previous) || isAppointment(next)) {
    const [before, after] = [isAppointment(previous) ? previous : undefined, isAppointment(next) ? next : undefined];
    if (after) checkAppointment(before, after, context.now());
    moveSlots(before, after, context);
  }
}

function checkSlot(previous: Resource | undefined, next: Resource | undefined): void {
  if (!isSlot(next)) {
    if (isSlot(previous) && previous.status === 'busy') {
      throw problem(409, 'conflict', 'The slot is held by an appointment', 'Slot.status');
    }
    return;
  }
  if (isSlot(previous) ? next.status !== previous.status : next.status !== 'free') {
    throw problem(422, 'business-rule', 'A slot is made busy and free by booking and cancelling', 'Slot.status');
  }
}

function checkAppointment(previous: Appointment | undefined, next: Appointment, now: Date): void {
  if (!previous && !creatable.includes(next.status)) {
    throw problem(422, 'business-rule', `A new appointment is ${creatable.join(', ')}`, 'Appointment.status');
  }
  // Invariant app-3, https://hl7.org/fhir/R4/appointment.html#invs
  const timed = next.start !== undefined && next.end !== undefined;
  if (!timed && !['proposed', 'cancelled', 'waitlist'].includes(next.status)) {
    throw problem(422, 'invariant', 'Start and end are needed in this status', 'Appointment.start');
  }
  if (!timed) return;
  const [startMs, endMs] = [Date.parse(next.start ?? ''), Date.parse(next.end ?? '')];
  if (endMs <= startMs) throw problem(422, 'business-rule', 'The end must come after the start', 'Appointment.end');
  const moved = !previous?.start || Date.parse(previous.start) !== startMs;
  if (moved && startMs < now.getTime()) {
    throw problem(422, 'business-rule', 'The start lies in the past', 'Appointment.start');
  }
}

function moveSlots(previous: Appointment | undefined, next: Appointment | undefined, context: BookingContext): void {
  const [held, wanted] = [heldSlots(previous, context.base), heldSlots(next, context.base)];
  for (const id of held) if (!wanted.includes(id)) setStatus(id, 'free', context);
  for (const id of wanted) {
    const slot = slotOf(id, context.store);
    // A reference that leads nowhere is refused with the other references.
    if (!slot) continue;
    if (!held.includes(id)) {
      if (slot.status !== 'free') throw problem(409, 'conflict', 'The slot is not free', 'Appointment.slot');
      setStatus(id, 'busy', context);
    }
    if (next && !inside(next, slot)) {
      throw problem(422, 'business-rule', 'The appointment lies outside its slot', 'Appointment.start');
    }
  }
}

/** Several slots together may make up one appointment, so each has to overlap it and a single one has to contain it. */
function inside({ start = '', end = '', slot: slots = [] }: Appointment, slot: Slot): boolean {
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const [slotStartMs, slotEndMs] = [Date.parse(slot.start), Date.parse(slot.end)];
  return slots.length === 1 ? slotStartMs <= startMs && endMs <= slotEndMs : startMs < slotEndMs && slotStartMs < endMs;
}

function heldSlots(appointment: Appointment | undefined, base: string): readonly string[] {
  if (!appointment || !holding.includes(appointment.status)) return [];
  const ids = (appointment.slot ?? []).flatMap(({ reference = '' }) => {
    const local = localReference(reference, base);
    return local?.type === 'Slot' ? [local.id] : [];
  });
  return [...new Set(ids)];
}

function setStatus(id: string, status: Slot['status'], { store, writer }: BookingContext): void {
  const slot = slotOf(id, store);
  if (slot && slot.status !== status) writer.update({ ...slot, status } as Slot);
}

function slotOf(id: string, store: Store): Slot | undefined {
  const resource = store.get('Slot', id)?.resource;
  return isSlot(resource) ? resource : undefined;
}

function isSlot(resource: Resource | undefined): resource is Slot {
  return resource?.resourceType === 'Slot';
}

function isAppointment(resource: Resource | undefined): resource is Appointment {
  return resource?.resourceType === 'Appointment';
}
