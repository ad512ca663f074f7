import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'verifier-not-required',
  title: 'A code is exchanged without a verifier although a challenge was sent',
  caughtBy: ['auth.pkce'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    acceptsVerifier: (verifier, challenge) => verifier === undefined || rules.acceptsVerifier(verifier, challenge),
  }),
});
