import { defineDeviation } from '../deviation.js';
import { byHl7v2 } from '../hl7v2-channel.js';

export default defineDeviation({
  id: 'feed-without-time',
  title: 'The messages of the feed do not say when it happened',
  caughtBy: ['event.hl7v2-feed'],
  source: 'https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185',
  given: byHl7v2,
  feed: (next) => (message) => next({ ...message, text: message.text.replace(/^(MSH(?:\|[^|]*){5}\|)[^|]*/, '$1') }),
});
