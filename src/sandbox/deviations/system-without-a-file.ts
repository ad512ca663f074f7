import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'system-without-a-file',
  title: 'One clinic in scope runs another system, which nobody has described',
  caughtBy: ['profile.breadth'],
  besides: ['read.required-fields', 'write.create'],
  source: 'https://chpl.healthit.gov/',
  documents({ organization }) {
    const sites = organization['sites'] as { id: string }[];
    organization['systems'] = [
      { id: 'sandbox', sites: sites.slice(1).map(({ id }) => id), profile: 'lakeside' },
      { id: 'practice-manager', sites: sites.slice(0, 1).map(({ id }) => id), profile: 'lakeside-east' },
    ];
  },
});
