import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'write-scope-withheld',
  title: 'The right to create visits is asked for and not granted',
  caughtBy: ['write.capability'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    scopesGranted: (requested, registered) =>
      rules
        .scopesGranted(requested, registered)
        ?.map((scope) => (scope === 'system/Appointment.crus' ? 'system/Appointment.rus' : scope)),
  }),
});
