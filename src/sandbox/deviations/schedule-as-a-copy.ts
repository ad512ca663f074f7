import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'schedule-as-a-copy',
  title: 'Free times reach the product as a nightly export',
  caughtBy: ['read.bulk-only'],
  source: 'https://hl7.org/fhir/uv/bulkdata/export.html',
  documents({ contract }) {
    for (const resource of contract['resources'] as Record<string, unknown>[]) {
      if (resource['type'] === 'Slot') partOf(resource, 'freshness')['mode'] = 'bulk';
    }
  },
});
