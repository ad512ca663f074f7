import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'searches-not-audited',
  title: 'The log holds reads by id and no searches',
  caughtBy: ['audit.reads-logged'],
  besides: ['read.required-fields', 'read.interactions'],
  source: 'https://profiles.ihe.net/ITI/BALP/content.html',
  audit: (next) => (record, event) => {
    if (event.interaction !== 'search') next(record, event);
  },
});
