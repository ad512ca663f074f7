import { defineDeviation } from '../deviation.js';

const known = ['proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', 'waitlist'];

export default defineDeviation({
  id: 'invalid-code-mended',
  title: 'A visit with an unknown status is stored as booked',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/terminologies.html#required',
  wrap: (next) => (request) => {
    if (request.method !== 'POST' || !request.path.endsWith('/Appointment')) return next(request);
    const visit = JSON.parse(Buffer.from(request.body).toString()) as { status?: string };
    return next(
      visit.status === undefined || known.includes(visit.status)
        ? request
        : { ...request, body: Buffer.from(JSON.stringify({ ...visit, status: 'booked' })) },
    );
  },
});
