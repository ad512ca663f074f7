import { defineDeviation } from '../deviation.js';

const products = ['bot', 'assistant', 'tracker'];

export default defineDeviation({
  id: 'workflows-share-rights',
  title: 'Every client of the vendor may do what any of its workflows needs',
  caughtBy: ['scope.workflow'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, ...object) =>
      (products.includes(access.role) && 'crs'.includes(interaction)) || rules.permits(access, interaction, ...object),
  }),
});
