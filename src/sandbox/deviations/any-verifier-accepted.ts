import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'any-verifier-accepted',
  title: 'A code is exchanged with whatever verifier is sent',
  caughtBy: ['auth.pkce'],
  source: 'https://www.rfc-editor.org/rfc/rfc7636#section-4.6',
  workflow: 'documentation',
  authorization: (rules) => ({ ...rules, acceptsVerifier: (verifier) => verifier !== undefined }),
});
