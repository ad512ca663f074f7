import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'login-of-two-roles',
  title: 'Front desk and schedulers use one client',
  caughtBy: ['hipaa.unique-identity'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312',
  documents({ organization }) {
    partOf(organization, 'contexts', 3)['binding'] = partOf(organization, 'contexts', 1)['binding'];
  },
});
