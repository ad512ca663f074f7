import type { Observation } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-with-clinical-values',
  title: 'Audit records carry a copy of a result',
  caughtBy: ['audit.record-quality'],
  besides: ['read.required-fields'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) => next({ ...record, contained: [result] }, event),
});

const result: Observation = {
  resourceType: 'Observation',
  id: 'copy',
  status: 'final',
  code: { text: 'Potassium' },
  valueString: '4.1 mmol/l',
};
