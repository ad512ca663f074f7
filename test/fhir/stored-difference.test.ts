import type { Resource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { storedDifference } from '../../src/fhir/stored-difference.js';

const appointment = (elements: object): Resource => ({ resourceType: 'Appointment', ...elements });
const compare = (sent: object, stored: object) =>
  storedDifference(appointment(sent), appointment(stored), Object.keys(sent));

describe('what became of written elements', () => {
  it('what the server adds counts as equal', () => {
    expect(
      compare(
        { status: 'booked', slot: [{ reference: 'Slot/1' }] },
        {
          status: 'booked',
          slot: [{ reference: 'Slot/1', display: 'Monday' }, { reference: 'Slot/2' }],
          minutesDuration: 20,
        },
      ),
    ).toEqual({ normalised: [], dropped: [], changed: [] });
  });
  it.each([
    [
      'an absolute reference',
      { slot: [{ reference: 'Slot/1' }] },
      { slot: [{ reference: 'https://ehr.example/fhir/Slot/1' }] },
    ],
    ['another time zone', { start: '2026-12-07T14:00:00Z' }, { start: '2026-12-07T09:00:00-05:00' }],
    ['trimmed text', { comment: 'later ' }, { comment: 'later' }],
    ['an attachment moved to a url', { content: { data: 'aGk=' } }, { content: { url: 'Binary/1' } }],
  ])('%s is the same in another form', (_name, sent, stored) => {
    expect(compare(sent, stored)).toEqual({ normalised: Object.keys(sent), dropped: [], changed: [] });
  });
  it.each([
    ['another value', { status: 'booked' }, { status: 'proposed' }],
    [
      'a part of an element missing',
      { slot: [{ reference: 'Slot/1', display: 'a' }] },
      { slot: [{ reference: 'Slot/1' }] },
    ],
    [
      'two items folded into one',
      { slot: [{ reference: 'Slot/1' }, { reference: 'Slot/1' }] },
      { slot: [{ reference: 'Slot/1' }] },
    ],
    ['a list made single', { reasonCode: [{ text: 'a' }] }, { reasonCode: { text: 'a' } }],
    ['another instant', { start: '2026-12-07T14:00:00Z' }, { start: '2026-12-07T14:00:00-05:00' }],
    ['a reference to another object', { slot: [{ reference: 'Slot/1' }] }, { slot: [{ reference: 'Slot/2' }] }],
  ])('%s is a change', (_name, sent, stored) => {
    expect(compare(sent, stored)).toEqual({ normalised: [], dropped: [], changed: Object.keys(sent) });
  });
  it('names what is gone, and nothing that was not asked about', () => {
    const sent = appointment({ end: '2026-12-07T14:20:00Z', comment: 'x' });
    expect(storedDifference(sent, appointment({}), ['end', 'start'])).toEqual({
      normalised: [],
      dropped: ['end'],
      changed: [],
    });
  });
});
