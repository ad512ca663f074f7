import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'early-confirmer',
  title: 'A product that confirms a booking before the EHR has taken it',
  caughtBy: ['error.ehr-outage'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.3.2',
  aiSystem: 'early-confirmer',
});
