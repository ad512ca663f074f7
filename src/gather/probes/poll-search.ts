import { defineProbe } from '../probe.js';
import { searchsetOf } from '../result-pages.js';
import { fillSearch } from '../template-values.js';

const lookedBackMs = 60_000;

/** The search an organization declares for polling, asked once for the last minute. */
export default defineProbe({
  id: 'poll-search',
  phase: 'discover',
  subjects: 'trigger',
  when: ({ item }) =>
    item.trigger.kind === 'ehr-event' && item.channel?.kind === 'poll' && item.channel.query !== undefined,
  needs: ['ai'],
  writes: 'none',
  brings: ['poll-search'],
  sends: ({ item }) => {
    const [type = '', query = ''] = (item.channel?.query ?? '').split(/\?(.*)/s);
    const names = [...new Set(query.split('&').map((pair) => pair.split('=')[0] ?? ''))].join('&');
    return [{ context: 'ai', method: 'POST', path: `${type}/_search?${names}`, most: 2 }];
  },
  async run({ item }, { clients: { ai }, now }) {
    const since = new Date(now().getTime() - lookedBackMs).toISOString();
    const { type, parameters } = fillSearch(item.channel?.query ?? '', new Map([['since', since]]), now());
    const strict = await ai.search(type, parameters, { prefer: 'handling=strict' });
    const answer = strict.status === 400 ? await ai.search(type, parameters) : strict;
    return {
      'poll-search': {
        status: answer.status,
        searchset: searchsetOf(answer) !== undefined,
        refusedWhenStrict: strict.status === 400 && answer.ok,
      },
    };
  },
});
