import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'launch-without-patient',
  title: 'The token answer says nothing of the patient whose chart is open',
  caughtBy: ['auth.launch-context'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  workflow: 'documentation',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, patient: undefined })),
});
