import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'facts-sheet-partial',
  title: 'The model facts sheet says nothing about fairness',
  caughtBy: ['dsi.source-attributes'],
  source: 'https://www.ecfr.gov/current/title-45/section-170.315',
  workflow: 'documentation',
  documents({ organization }) {
    for (const attestation of organization['attestations'] as { covers?: string[] }[])
      if (attestation.covers !== undefined)
        attestation.covers = attestation.covers.filter((item) => item !== 'fairness');
  },
});
