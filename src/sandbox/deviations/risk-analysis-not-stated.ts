import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'risk-analysis-not-stated',
  title: 'Nobody states that the risks were analysed',
  caughtBy: ['hipaa.safeguards-attested'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.308',
  documents({ organization }) {
    const attestations = organization['attestations'] as { id: string }[];
    organization['attestations'] = attestations.filter(({ id }) => id !== 'risk-analysis');
  },
});
