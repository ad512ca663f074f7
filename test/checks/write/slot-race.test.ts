import slotRace from '../../../checks/write/slot-race.js';
import { testCheck } from '../../support/test-check.js';

const won = {
  overlapping: 29,
  bookedOnce: 29,
  bookedTwice: 0,
  mostBookings: 1,
  bookingsPerSlot: 1,
  bothCanBook: true,
  refusals: [409],
  bookedAgain: { status: 201, bookings: 1 },
};

testCheck(slotRace, {
  pass: {
    'one booking in each of 29': { 'slot-race': won },
    'one booking in each of 10': { 'slot-race': { ...won, overlapping: 10, bookedOnce: 10 } },
    'nobody got it twice': { 'slot-race': { ...won, overlapping: 31 } },
  },
  warn: {
    'two bookings where the clinic takes two': {
      'slot-race': { ...won, bookedOnce: 20, bookedTwice: 9, mostBookings: 2, bookingsPerSlot: 2 },
    },
    'a freed slot is not booked again': { 'slot-race': { ...won, bookedAgain: { status: 409, bookings: 0 } } },
  },
  fail: {
    'one double booking of 29': { 'slot-race': { ...won, bookedOnce: 28, bookedTwice: 1, mostBookings: 2 } },
    'a double booking although the requests never met': {
      'slot-race': { ...won, overlapping: 0, bookedOnce: 0, bookedTwice: 1, mostBookings: 2 },
    },
    'three where the clinic takes two': {
      'slot-race': { ...won, bookedOnce: 28, bookedTwice: 1, mostBookings: 3, bookingsPerSlot: 2 },
    },
    'the cancelled one still holds its slot': { 'slot-race': { ...won, bookedAgain: { status: 201, bookings: 2 } } },
  },
  notMeasured: {
    'nine repetitions': { 'slot-race': { ...won, overlapping: 9, bookedOnce: 9 } },
    'the second context never books': { 'slot-race': { ...won, bothCanBook: false } },
  },
  notApplicable: {
    'an action that cancels': {
      facts: { 'slot-race': won },
      subject: {
        item: {
          action: {
            id: 'cancel',
            kind: 'commit',
            via: 'fhir-r4',
            interaction: 'patch',
            resource: 'Appointment',
            states: { from: 'booked', to: 'cancelled' },
          },
          path: undefined,
        },
      },
    },
  },
});
