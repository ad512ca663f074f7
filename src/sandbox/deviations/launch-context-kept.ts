import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'launch-context-kept',
  title: 'A second launch still has the patient and visit of the first',
  caughtBy: ['auth.launch-context'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  workflow: 'documentation',
  wrap: (next) => {
    let first: Record<string, unknown> | undefined;
    return async (request) =>
      withTokenAnswer(request, await next(request), (answer) => {
        if (answer['patient'] === undefined) return answer;
        first ??= { patient: answer['patient'], encounter: answer['encounter'] };
        return { ...answer, ...first };
      });
  },
});
