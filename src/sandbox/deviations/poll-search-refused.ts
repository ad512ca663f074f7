import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'poll-search-refused',
  title: 'The poll for freed visits asks for a date the EHR cannot read',
  caughtBy: ['event.channel'],
  source: 'https://hl7.org/fhir/R4/search.html#date',
  documents({ organization }) {
    const { channels } = organization as { channels: Record<string, object> };
    channels['appointment-freed'] = {
      kind: 'poll',
      every: 'PT10S',
      query: 'Appointment?date=today',
    };
  },
});
