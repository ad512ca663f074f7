import { defineProbe } from '../probe.js';

/** What the earlier runs found that were given with this one. Sends nothing. */
export default defineProbe({
  id: 'previous-runs',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['previous-runs'],
  sends: () => [],
  run: (_, { previous = [] }) => Promise.resolve({ 'previous-runs': previous.map((run) => ({ ...run })) }),
});
