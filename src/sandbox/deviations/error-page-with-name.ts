import { answered, defineDeviation, outcome } from '../deviation.js';
import { unsignedReadsAnswered } from '../remembered-names.js';

export default defineDeviation({
  id: 'error-page-with-name',
  title: 'Who is not signed in is told whose record it is',
  caughtBy: ['hipaa.phi-leakage'],
  source: 'https://hl7.org/fhir/R4/security.html#AccessDenied',
  wrap: (next) =>
    unsignedReadsAnswered(next, (name) => answered(401, outcome('login', `Sign in to see the record of ${name}`))),
});
