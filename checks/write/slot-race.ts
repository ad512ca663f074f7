import { defineCheck, type Verdict } from '../../src/check.js';
import { takesTime } from '../../src/model/actions.js';

/** 0 of 10 shows a rate below 1 in 4, 0 of 29 one below 1 in 10 (one-sided 95 %). */
const fewest = 10;
const usual = 29;

// https://hl7.org/fhir/R4/slot.html
export default defineCheck({
  id: 'write.slot-race',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Two callers for one free time end in one booking',
  failureTitle: 'Two callers get the same time',
  plain: 'When two people want the last free time in the same second, one gets it and the other hears no.',
  why: 'A product answers many callers at once; where the EHR checks a time and books it in two steps, both are told yes and two patients meet at one chair.',
  sends:
    'Two contexts book the same test slot at the same moment, the second before the first has an answer, 29 times (10 where fewer writes are agreed); each winner is cancelled. Once a slot is booked, cancelled and booked again. The visits in the end are counted, not the answers.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us on a test schedule what your system does when two programs book the same time in the same instant, thirty times in a row.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Book through an operation that holds and books in one step, or have the server lock the slot while it books.',
    },
    {
      owner: 'ehr-vendor',
      effort: 'high',
      text: 'Make one booking per slot a rule of the database, not of the program in front of it.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/slot.html', 'https://hl7.org/fhir/R4/appointment.html'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) => takesTime(action),
  ifNone: 'not-applicable',
  reads: ['slot-race'],
  messages: {
    'booked-twice': {
      kind: 'proof',
      text: '{slots} slots held more than one booking after two requests for the same slot, {most} at most.',
    },
    'booked-twice-again': {
      kind: 'proof',
      text: 'A slot that was booked, cancelled and booked again held {bookings} bookings.',
    },
    'one-context': {
      kind: 'control',
      text: 'Only one of the two contexts ever got a booking, so the refusals of the other show nothing.',
    },
    'too-few': {
      kind: 'limit',
      text: '{repetitions} repetitions overlapped and ended in a booking; at least {fewest} are needed.',
    },
    overbookable: {
      kind: 'limit',
      text: 'A slot took {most} bookings; the organization says that it may hold {bookingsPerSlot}.',
    },
    'not-booked-again': {
      kind: 'limit',
      text: 'A slot whose booking was cancelled could not be booked again ({status}).',
    },
  },
  evaluate: ({ 'slot-race': race }, say) => {
    const { bookingsPerSlot, mostBookings: most, bookedAgain } = race;
    const again = bookedAgain?.bookings ?? 1;
    const verdicts: Verdict[] = [];
    if (most > bookingsPerSlot) verdicts.push(say.fail('booked-twice', { slots: race.bookedTwice, most }));
    if (again > bookingsPerSlot) verdicts.push(say.fail('booked-twice-again', { bookings: again }));
    if (verdicts.length > 0) return verdicts;
    const repetitions = race.bookedOnce + race.bookedTwice;
    if (!race.bothCanBook) return say.notMeasured('one-context', 'control-failed');
    if (repetitions < fewest) return say.notMeasured('too-few', 'too-few', { repetitions, fewest });
    if (most > 1) verdicts.push(say.warn('overbookable', { most, bookingsPerSlot }));
    if (bookedAgain?.bookings === 0) verdicts.push(say.warn('not-booked-again', { status: bookedAgain.status }));
    if (verdicts.length > 0) return verdicts;
    const mayMiss = repetitions < usual ? 'defects rarer than 1 in 4' : 'defects rarer than 1 in 10';
    return say.pass({ repetitions, refusals: race.refusals, mayMiss });
  },
});
