import type { Appointment } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'unknown-patient-dropped',
  title: 'A visit for a patient who does not exist is stored with the clinic in the patient’s place',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (request.method !== 'POST' || !request.path.endsWith('/Appointment') || response.status !== 422) return response;
    const visit = JSON.parse(Buffer.from(request.body).toString()) as Appointment;
    const participant = visit.participant.map((each) => ({
      status: each.status,
      type: [{ text: 'patient to be named' }],
    }));
    return String(response.body).includes('does not exist')
      ? next({ ...request, body: Buffer.from(JSON.stringify({ ...visit, participant })) })
      : response;
  },
});
