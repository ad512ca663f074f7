import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'one-client-for-two-workflows',
  title: 'Two workflows sign in as the same client with the same scopes',
  caughtBy: ['scope.workflow'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  documents({ organization }) {
    const bindings = partOf(organization, 'auth')['bindings'] as Record<string, unknown>[];
    const own = bindings.find(({ id }) => id === 'voice-bot');
    const other = bindings.find(({ id }) => id === 'scribe');
    if (own && other) Object.assign(other, { ...own, id: other['id'], workflow: other['workflow'] });
  },
});
