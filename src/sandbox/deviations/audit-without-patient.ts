import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-without-patient',
  title: 'Audit records name the object and not the patient it is about',
  caughtBy: ['audit.record-quality'],
  besides: ['read.required-fields', 'write.create'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) =>
    next({ ...record, entity: (record.entity ?? []).filter(({ role }) => role?.code !== '1') }, event),
});
