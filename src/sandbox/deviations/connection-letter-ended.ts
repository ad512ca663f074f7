import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'connection-letter-ended',
  title: 'The letter about the connection to the EHR ended long ago',
  caughtBy: ['profile.certified-connection'],
  source: 'https://chpl.healthit.gov/',
  documents({ organization }) {
    const attestations = organization['attestations'] as { id: string; expires?: string }[];
    for (const each of attestations) if (each.id === 'ehr-connection') each.expires = '2020-01-01';
  },
});
