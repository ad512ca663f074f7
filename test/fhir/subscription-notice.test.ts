import type { Resource } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { readSubscriptionNotice } from '../../src/fhir/subscription-notice.js';

const status = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'subscription', valueReference: { reference: 'https://ehr.example/fhir/Subscription/s1' } },
    { name: 'status', valueCode: 'active' },
    { name: 'type', valueCode: 'event-notification' },
    { name: 'events-since-subscription-start', valueString: '12' },
    {
      name: 'notification-event',
      part: [
        { name: 'event-number', valueString: '12' },
        { name: 'timestamp', valueInstant: '2026-11-20T08:00:00Z' },
        { name: 'focus', valueReference: { reference: 'https://ehr.example/fhir/Appointment/a1' } },
      ],
    },
  ],
};
const bundle = (...entry: readonly unknown[]): Resource =>
  ({ resourceType: 'Bundle', type: 'history', entry: [{ resource: status }, ...entry] }) as unknown as Resource;

it('reads status, numbers, focus and what travels in it', () => {
  const read = readSubscriptionNotice(
    bundle(
      { fullUrl: 'https://ehr.example/fhir/Appointment/a1', request: { method: 'PUT', url: 'Appointment/a1' } },
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: 'p1' } },
    ),
  );
  expect(read).toEqual({
    subscription: 's1',
    status: 'active',
    type: 'event-notification',
    eventsSinceStart: 12,
    error: false,
    events: [{ number: 12, focus: 'Appointment/a1', timed: true, atMs: Date.UTC(2026, 10, 20, 8) }],
    entries: ['Appointment/a1'],
    resources: [{ resourceType: 'Patient', id: 'p1' }],
  });
});

it('reads bare Parameters, and numbers of the integer types', () => {
  const parameter = [
    { name: 'events-since-subscription-start', valueUnsignedInt: 3 },
    { name: 'error', valueCodeableConcept: { text: 'unreachable' } },
  ];
  expect(readSubscriptionNotice({ resourceType: 'Parameters', parameter } as Resource)).toMatchObject({
    eventsSinceStart: 3,
    error: true,
    events: [],
  });
});

it.each([
  ['nothing', undefined],
  [
    'a Bundle without a status',
    { resourceType: 'Bundle', type: 'history', entry: [{ resource: { resourceType: 'Patient' } }] },
  ],
  ['a Bundle whose entries are no list', { resourceType: 'Bundle', entry: { 0: status } }],
  ['another resource', { resourceType: 'Appointment', status: 'booked' }],
])('is none: %s', (_, resource) => {
  expect(readSubscriptionNotice(resource as Resource | undefined)).toBeUndefined();
});

it('takes nothing else for a number, a text or a list', () => {
  const parameter = [
    null,
    { name: 'status', valueCode: 7 },
    { name: 'events-since-subscription-start', valueString: '-1' },
    { name: 'notification-event', part: { name: 'event-number' } },
    {
      name: 'notification-event',
      part: [
        { name: 'event-number', valueString: '1e99' },
        { name: 'focus', valueReference: 1 },
      ],
    },
  ];
  expect(readSubscriptionNotice({ resourceType: 'Parameters', parameter } as unknown as Resource)).toMatchObject({
    status: undefined,
    eventsSinceStart: undefined,
    events: [
      { number: undefined, focus: undefined, timed: false },
      { number: undefined, focus: undefined, timed: false },
    ],
  });
});
