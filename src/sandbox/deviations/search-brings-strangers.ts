import type { Appointment } from 'fhir/r4.js';
import { defineDeviation, parameterOf, searches, withBundle } from '../deviation.js';

const familyMember: Appointment = {
  resourceType: 'Appointment',
  id: 'visit-of-a-family-member',
  status: 'booked',
  participant: [{ actor: { reference: 'Patient/family-member' }, status: 'accepted' }],
};

export default defineDeviation({
  id: 'search-brings-strangers',
  title: 'The coming visits of a patient bring one of a family member along',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const ofOnePatient = searches(request, 'Appointment') && parameterOf(request, 'patient') !== null;
    // A search with an end is for one slot, as before a booking.
    const form = new URLSearchParams(Buffer.from(request.body).toString());
    if (!ofOnePatient || form.getAll('date').length > 1) return response;
    return withBundle(response, ({ entry = [], ...bundle }) => ({
      ...bundle,
      ...(entry.length === 0 ? {} : { entry: [...entry, { resource: familyMember, search: { mode: 'match' } }] }),
    }));
  },
});
