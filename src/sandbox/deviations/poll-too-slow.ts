import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'poll-too-slow',
  title: 'Freed visits are polled for once an hour',
  caughtBy: ['event.channel'],
  source: 'https://hl7.org/fhir/R4/search.html#lastUpdated',
  documents({ organization }) {
    const { channels } = organization as { channels: Record<string, object> };
    channels['appointment-freed'] = { kind: 'poll', every: 'PT1H', query: 'Appointment?_lastUpdated=gt{{since}}' };
  },
});
