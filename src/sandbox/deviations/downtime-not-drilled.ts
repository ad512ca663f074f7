import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'downtime-not-drilled',
  title: 'The downtime procedure was never practised',
  caughtBy: ['hipaa.session-and-emergency'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312',
  documents({ organization }) {
    for (const attestation of organization['attestations'] as { id: string; drilledOn?: string }[])
      if (attestation.id === 'downtime-procedure') delete attestation.drilledOn;
  },
});
