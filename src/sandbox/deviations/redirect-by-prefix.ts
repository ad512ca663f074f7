import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'redirect-by-prefix',
  title: 'An address that begins like the registered one is good enough',
  caughtBy: ['auth.redirect-exact'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.1.1',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    acceptsRedirect: (given, registered) => registered.some((address) => given.startsWith(address)),
  }),
});
