import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'training-without-agreement',
  title: 'Models learn from patient data, and no agreement is named',
  caughtBy: ['contract.governance'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.504',
  documents({ contract }) {
    partOf(contract, 'dataHandling', 'modelUse')['trainsOnPhi'] = true;
  },
});
