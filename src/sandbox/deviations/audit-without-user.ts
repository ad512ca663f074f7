import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-without-user',
  title: 'Audit records name the program and never the person who signed in with it',
  caughtBy: ['audit.record-quality'],
  besides: ['scope.patient-boundary'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  workflow: 'documentation',
  audit: (next) => (record, event) =>
    next(
      { ...record, agent: record.agent.filter(({ who }) => who?.reference?.startsWith('Practitioner/') !== true) },
      event,
    ),
});
