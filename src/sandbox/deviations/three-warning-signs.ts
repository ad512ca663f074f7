import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'three-warning-signs',
  title: 'Three signs of a project that drifts are answered with yes',
  caughtBy: ['value.warning-signs'],
  source: 'https://digital.ahrq.gov/health-it-tools-and-resources/evaluation-resources',
  documents({ organization }) {
    const { warningSigns } = organization['delivery'] as { warningSigns: { answer: string }[] };
    for (const sign of warningSigns.slice(0, 3)) sign.answer = 'yes';
  },
});
