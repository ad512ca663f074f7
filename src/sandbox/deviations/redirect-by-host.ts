import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'redirect-by-host',
  title: 'Any address that holds the registered host is good enough',
  caughtBy: ['auth.redirect-exact'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.1.1',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    acceptsRedirect: (given, registered) => registered.some((address) => given.includes(new URL(address).host)),
  }),
});
