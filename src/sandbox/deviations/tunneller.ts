import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'tunneller',
  title: 'A product that wants to reach another company through the address of its EHR',
  caughtBy: ['hipaa.phi-leakage'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6',
  aiSystem: 'tunneller',
  // Only a product that is asked for something has anybody to look up.
  besides: ['write.idempotent-retry'],
});
