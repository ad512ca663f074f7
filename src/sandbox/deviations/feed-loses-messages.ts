import { defineDeviation } from '../deviation.js';
import { byHl7v2 } from '../hl7v2-channel.js';

export default defineDeviation({
  id: 'feed-loses-messages',
  title: 'Three of four cancellations never leave the interface engine',
  caughtBy: ['event.hl7v2-feed'],
  source: 'https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185',
  given: byHl7v2,
  feed: (next) => {
    let cancellations = 0;
    return (message) => {
      if (message.event !== 'S15') return next(message);
      cancellations += 1;
      return cancellations % 4 === 2 ? next(message) : Promise.resolve(true);
    };
  },
});
