import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'duplicate-in-another-form',
  title: 'A slot is taken only for whoever writes its time as the schedule does',
  caughtBy: ['write.business-duplicate'],
  source: 'https://hl7.org/fhir/R4/datatypes.html#dateTime',
  wrap: (next) => (request) => {
    if (!creates(request, 'Appointment')) return next(request);
    const { slot: _unnoticed, ...unslotted } = sentBody(request) as { slot?: unknown; start?: string };
    return next(unslotted.start?.endsWith('Z') === false ? withBody(request, unslotted) : request);
  },
});
