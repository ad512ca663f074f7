import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'model-host-without-agreement',
  title: 'It is stated that the host of the model signed no agreement',
  caughtBy: ['hipaa.safeguards-attested'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.314',
  documents({ organization }) {
    partOf(organization)['attestations'] = [
      ...(organization['attestations'] as object[]),
      { id: 'no-baa-model-host', statement: 'No agreement has been signed', owner: 'privacy@lakeside.example' },
    ];
  },
});
