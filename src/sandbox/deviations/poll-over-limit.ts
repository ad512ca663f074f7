import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'poll-over-limit',
  title: 'The product polls for freed visits at a pace that takes most of what the organization permits a day',
  caughtBy: ['event.channel'],
  source: 'https://hl7.org/fhir/R4/search.html#lastUpdated',
  documents({ organization }) {
    const { channels, limits } = organization as { channels: Record<string, object>; limits: Record<string, number> };
    channels['appointment-freed'] = { kind: 'poll', every: 'PT12S', query: 'Appointment?_lastUpdated=gt{{since}}' };
    limits['perDay'] = 8_000;
  },
});
