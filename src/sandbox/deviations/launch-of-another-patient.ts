import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'launch-of-another-patient',
  title: 'The token answer names another patient than the EHR has open',
  caughtBy: ['auth.launch-context'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  workflow: 'documentation',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) =>
      typeof answer['patient'] === 'string' ? { ...answer, patient: `${answer['patient']}-x` } : answer,
    ),
});
