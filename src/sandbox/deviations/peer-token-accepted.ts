import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'peer-token-accepted',
  title: 'Tokens of one organization are taken at another',
  caughtBy: ['auth.cross-org-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  peer: true,
  authorization: (rules) => ({ ...rules, acceptsTokenOfOtherOrganization: true }),
});
