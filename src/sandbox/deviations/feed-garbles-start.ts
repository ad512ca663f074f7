import { defineDeviation } from '../deviation.js';
import { byHl7v2 } from '../hl7v2-channel.js';

export default defineDeviation({
  id: 'feed-garbles-start',
  title: 'The interface engine swaps hours and minutes of the start',
  caughtBy: ['event.hl7v2-feed'],
  source: 'https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185',
  given: byHl7v2,
  feed: (next) => (message) =>
    next({
      ...message,
      text: message.text.replaceAll(/^(SCH|AIS)(.*)$/gm, (line) =>
        line.replaceAll(/(\d{8})(\d{2})(\d{2})(?=\d{2}\.)/g, (_, day: string, hours: string, minutes: string) =>
          hours === minutes ? `${day}${hours}07` : `${day}${minutes}${hours}`,
        ),
      ),
    }),
});
