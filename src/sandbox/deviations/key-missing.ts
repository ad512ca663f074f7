import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'key-missing',
  title: 'The key of the product’s client is not where the file says',
  caughtBy: ['profile.credentials'],
  source: 'https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html',
  documents({ organization }) {
    partOf(organization, 'auth', 'bindings', 0)['key'] = { ref: 'file:keys/of-nobody.pem' };
  },
});
