import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'facts-sheet-out-of-date',
  title: 'The model facts sheet ended last year',
  caughtBy: ['dsi.source-attributes'],
  source: 'https://www.ecfr.gov/current/title-45/section-170.315',
  workflow: 'documentation',
  documents({ organization }) {
    for (const attestation of organization['attestations'] as { id: string; expires?: string }[])
      if (attestation.id === 'dsi-source-attributes') attestation.expires = '2020-01-01';
  },
});
