import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'stop-drill-out-of-date',
  title: 'The statement that the AI system was switched off in a drill has expired',
  caughtBy: ['prod.kill-switch'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.308',
  documents({ organization }) {
    for (const attestation of organization['attestations'] as { id: string; expires?: string }[])
      if (attestation.id === 'kill-switch') attestation.expires = '2020-01-01';
  },
});
