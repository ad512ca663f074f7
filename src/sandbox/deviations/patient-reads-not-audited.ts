import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'patient-reads-not-audited',
  title: 'Reading a Patient leaves no record, reading anything else does',
  caughtBy: ['audit.reads-logged'],
  besides: ['read.required-fields', 'read.interactions'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) => {
    if (event.interaction !== 'read' || event.resourceType !== 'Patient') next(record, event);
  },
});
