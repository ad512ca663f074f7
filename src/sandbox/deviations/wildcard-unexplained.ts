import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'wildcard-unexplained',
  title: 'A rule opens every resource type and gives no reason',
  caughtBy: ['contract.permissions'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.514',
  documents({ contract }) {
    partOf(contract, 'permissions', 'rules', 2)['allow'] = { '*': 'rs' };
  },
});
