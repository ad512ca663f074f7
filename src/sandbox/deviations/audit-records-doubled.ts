import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-records-doubled',
  title: 'Every access is logged twice, by the gateway and by the server',
  caughtBy: ['audit.reads-logged', 'audit.writes-logged'],
  besides: ['read.required-fields', 'write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/auditevent.html#bnc',
  audit: (next) => (record, event) => {
    next(record, event);
    next(record, event);
  },
});
