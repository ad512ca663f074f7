import { defineDeviation } from '../deviation.js';
import { byHl7v2 } from '../hl7v2-channel.js';

export default defineDeviation({
  id: 'feed-of-another-patient',
  title: 'The interface engine puts the identifier of the message before into PID-3',
  caughtBy: ['event.hl7v2-feed'],
  source: 'https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185',
  given: byHl7v2,
  feed: (next) => (message) =>
    next({ ...message, text: message.text.replace(/^PID\|1\|\|[^^|]*/m, 'PID|1||ZZ0000001') }),
});
