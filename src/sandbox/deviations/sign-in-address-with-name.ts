import { defineDeviation } from '../deviation.js';
import { unsignedReadsAnswered } from '../remembered-names.js';

export default defineDeviation({
  id: 'sign-in-address-with-name',
  title: 'Who is not signed in is sent to a portal elsewhere, with the name of the patient in the address',
  caughtBy: ['hipaa.phi-leakage'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-17.9',
  wrap: (next) =>
    unsignedReadsAnswered(next, (name) => ({
      status: 302,
      headers: { location: `https://portal.example/sign-in?for=${name}` },
    })),
});
