import { defineProbe } from '../probe.js';

/** Which channels carry the events of a resource's type, as the documents say. */
export default defineProbe({
  id: 'declared-arrival',
  phase: 'static',
  subjects: 'resource',
  when: ({ item: { freshness } }) => freshness?.maxAge !== undefined,
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['declared-arrival'],
  sends: () => [],
  run({ item: { type } }, { contract, organization }) {
    const events = (contract.triggers ?? [])
      .filter((trigger) => trigger.kind === 'ehr-event' && trigger.event?.resource === type)
      .map(({ id }) => ({ trigger: id, channel: organization.channels?.[id]?.kind ?? null }));
    return Promise.resolve({ 'declared-arrival': { events } });
  },
});
