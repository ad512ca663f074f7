import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'safeguards-out-of-date',
  title: 'Every statement about safeguards has expired',
  caughtBy: ['hipaa.safeguards-attested'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.308',
  documents({ organization }) {
    for (const attestation of organization['attestations'] as Record<string, unknown>[])
      attestation['expires'] = '2020-01-01';
  },
});
