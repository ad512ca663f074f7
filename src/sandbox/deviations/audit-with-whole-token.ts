import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-with-whole-token',
  title: 'Audit records hold the token of the request from end to end',
  caughtBy: ['audit.record-quality'],
  besides: ['read.required-fields'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) =>
    next({ ...record, outcomeDesc: `${record.outcomeDesc ?? ''}, Bearer ${'0example'.repeat(5)}` }, event),
});
