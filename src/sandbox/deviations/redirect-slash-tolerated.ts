import { defineDeviation } from '../deviation.js';

const withoutSlash = (address: string): string => address.replace(/\/$/, '');

export default defineDeviation({
  id: 'redirect-slash-tolerated',
  title: 'A slash at the end of the address to return to does not matter',
  caughtBy: ['auth.redirect-exact'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.1',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    acceptsRedirect: (given, registered) => registered.map(withoutSlash).includes(withoutSlash(given)),
  }),
});
