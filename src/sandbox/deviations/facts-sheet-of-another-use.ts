import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'facts-sheet-of-another-use',
  title: 'The model facts sheet says that it does not cover this use',
  caughtBy: ['dsi.source-attributes'],
  source: 'https://www.ecfr.gov/current/title-45/section-170.315',
  workflow: 'documentation',
  documents({ organization }) {
    partOf(organization)['attestations'] = [
      ...(organization['attestations'] as object[]),
      { id: 'no-dsi-source-attributes', statement: 'The sheet is about dictation', owner: 'safety@scribe.example' },
    ];
  },
});
