import type { Appointment, Slot } from 'fhir/r4.js';
import type { Configuration } from './configuration.js';
import type { FhirConnection } from './fhir-connection.js';

/** What a scheduling product does; the program around it owns the doors, the subscription and the end. */
export interface Product {
  availability(question: AvailabilityQuestion): Promise<Availability>;
  /** A visit was cancelled. Absent: the product does not listen to the EHR. */
  readonly freed?: (appointment: Appointment) => Promise<Offer | undefined>;
  call(call: Call): Promise<CallOutcome>;
  /** Whether an event that was worked off without trouble is taken for a new one when it arrives again. */
  readonly forgetsEvents?: true;
  /** Whether it works on what it is told although it was switched off. */
  readonly ignoresSwitch?: true;
  /** Whether it takes a wish it does not know for one it does. */
  readonly takesAnyWish?: true;
}

export interface AvailabilityQuestion {
  /** ISO 8601 instants; the configuration's window where absent. */
  readonly from?: string;
  readonly to?: string;
  /** `Practitioner/<id>` */
  readonly provider?: string;
  /** `Slot/<id>`: only this one. */
  readonly slot?: string;
}

/** Times the product would offer a caller now. */
export interface Availability {
  /** When the EHR was read for it. */
  readonly asOf: string;
  readonly slots: readonly OfferedSlot[];
}

export interface OfferedSlot {
  /** `Slot/<id>` */
  readonly slot: string;
  readonly start: string;
  readonly end: string;
  readonly schedule: string;
}

/** The answer to a freed visit; `appointment` is the event it answers. */
export interface Offer extends OfferedSlot {
  readonly appointment: string;
  readonly offeredAt: string;
}

/** What a caller says. */
export interface Call extends AvailabilityQuestion {
  readonly intent: 'book' | 'cancel' | 'reschedule';
  readonly family: string;
  readonly birthDate: string;
  /** `Appointment/<id>` to cancel or to move; to cancel, the caller's next visit where absent. */
  readonly appointment?: string;
  /** Business identifier of the call, kept in what it books. */
  readonly identifier?: { readonly system: string; readonly value: string };
}

export interface CallOutcome {
  readonly outcome: 'booked' | 'cancelled' | 'nothing-free' | 'queued-for-human' | 'noted';
  /** `Appointment/<id>` */
  readonly appointment?: string;
  readonly slot?: string;
  readonly reason?: string;
  /** The EHR said nothing that settles it: the same wish may be tried again. */
  readonly unsettled?: true;
}

const dayMs = 86_400_000;

/** Every free slot of the configured providers, read from the EHR now. */
export async function readFreeSlots(
  connection: FhirConnection,
  configuration: Configuration,
  question: AvailabilityQuestion,
): Promise<Availability> {
  const nowMs = Date.now();
  const from = question.from ?? new Date(nowMs + configuration.earliestDays * dayMs).toISOString();
  const to = question.to ?? new Date(nowMs + configuration.latestDays * dayMs).toISOString();
  const providers = question.provider === undefined ? configuration.providers : [question.provider];
  const answers = await Promise.all(
    providers.map((provider) =>
      connection.searchAll('Slot', [
        ['service-type', configuration.visitType],
        ['schedule.actor', provider],
        ['start', `ge${from}`],
        ['start', `lt${to}`],
        ['status', 'free'],
        ['_count', '200'],
      ]),
    ),
  );
  return { asOf: new Date(nowMs).toISOString(), slots: answers.flat().flatMap((resource) => offered(resource) ?? []) };
}

/** Undefined where it is no free slot or lacks what an offer needs. */
export function offered(resource: unknown): OfferedSlot | undefined {
  if (!isResource<Slot>(resource, 'Slot') || resource.status !== 'free') return undefined;
  const { id, start, end, schedule } = resource;
  if (!id || !start || !end || !schedule?.reference) return undefined;
  return { slot: `Slot/${id}`, start, end, schedule: schedule.reference };
}

export function isResource<T extends { resourceType: string }>(value: unknown, type: T['resourceType']): value is T {
  return typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType === type;
}
