import type { Resource } from 'fhir/r4.js';

/** A kind of event clients may subscribe to. R4 has no resource for it: the canonical stands for it (R5 Backport, "Topics"). */
export interface Topic {
  readonly url: string;
  readonly resourceType: string;
  readonly happened: (previous: Resource | undefined, current: Resource) => boolean;
  /** Search parameters a subscriber may narrow it by. */
  readonly filters: readonly string[];
}

const statusOf = (resource: Resource | undefined): unknown => (resource as { status?: unknown } | undefined)?.status;

const topicBase = 'https://ehr-scorecard.example/SubscriptionTopic';

/** A booked visit is cancelled and its time is free again. */
export const appointmentFreed = `${topicBase}/appointment-freed`;

export const topics: readonly Topic[] = [
  {
    url: appointmentFreed,
    resourceType: 'Appointment',
    happened: (previous, current) => statusOf(previous) === 'booked' && statusOf(current) === 'cancelled',
    filters: ['patient'],
  },
  {
    url: `${topicBase}/visit-ended`,
    resourceType: 'Encounter',
    happened: (previous, current) => statusOf(previous) !== 'finished' && statusOf(current) === 'finished',
    filters: ['patient'],
  },
  {
    url: `${topicBase}/order-signed`,
    resourceType: 'ServiceRequest',
    happened: (previous, current) => statusOf(previous) !== 'active' && statusOf(current) === 'active',
    filters: ['patient'],
  },
];
