import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'poll-over-limit',
  title: 'Freed visits are polled for five times a second, most of what the organization permits a day',
  caughtBy: ['event.channel'],
  source: 'https://hl7.org/fhir/R4/search.html#lastUpdated',
  documents({ organization }) {
    const { channels } = organization as { channels: Record<string, object> };
    channels['appointment-freed'] = { kind: 'poll', every: 'PT0.2S', query: 'Appointment?_lastUpdated=gt{{since}}' };
  },
});
