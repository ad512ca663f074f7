import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'webhook-in-clear-text',
  title: 'The product takes notices over plain http',
  caughtBy: ['hipaa.tls'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312',
  documents({ organization }) {
    organization['aiSystem'] = { webhook: { url: 'http://notices.voicebot.example/hook' } };
  },
});
