import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'metric-never-counted',
  title: 'A metric of success has no value',
  caughtBy: ['value.pilot-metrics'],
  source: 'https://www.nist.gov/itl/ai-risk-management-framework',
  documents({ organization }) {
    organization['metrics'] = (organization['metrics'] as unknown[]).slice(1);
  },
});
