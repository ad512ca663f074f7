import { answered, defineDeviation, outcome, parameterOf, searches } from '../deviation.js';

export default defineDeviation({
  id: 'diagnostics-with-name',
  title: 'The complaint about an unusable search repeats the name that was searched for',
  caughtBy: ['hipaa.phi-leakage'],
  source: 'https://hl7.org/fhir/R4/http.html#search',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (response.status !== 400 || !searches(request, 'Patient')) return response;
    return answered(400, outcome('value', `Cannot search for family ${parameterOf(request, 'family')}: no such date`));
  },
});
