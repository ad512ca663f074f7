import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'action-nobody-may',
  title: 'No rule of the matrix lets anybody ask staff',
  caughtBy: ['contract.schema'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312',
  documents({ contract }) {
    partOf(contract, 'permissions', 'rules', 0)['actions'] = ['offer', 'book', 'cancel'];
  },
});
