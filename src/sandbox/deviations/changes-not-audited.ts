import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'changes-not-audited',
  title: 'Creating leaves a record, changing and deleting does not',
  caughtBy: ['audit.writes-logged'],
  besides: ['write.version-conflict'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) => {
    if (!['update', 'patch', 'delete'].includes(event.interaction)) next(record, event);
  },
});
