import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-log-stated-editable',
  title: 'Whoever keeps the audit log states that it can be edited',
  caughtBy: ['audit.retention-protection'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(c)(1)',
  documents({ organization }) {
    const attestations = organization['attestations'] as { id: string; log?: { appendOnly?: boolean } }[];
    for (const { id, log } of attestations) if (id === 'audit-retention' && log) log.appendOnly = false;
  },
});
